import {
  alarmTypes,
  alertTopics,
  alertTypes,
  isInRegionOf,
  isOutside,
  isSubscribed,
  receiversOf,
} from '../alert-facts.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** Alarms, RDS's events and budgets, from what sends an alert to somebody who gets it. */
export const alertRules: readonly PolicyRule[] = [
  {
    id: 'alarm-tells-somebody',
    severity: 'critical',
    why: 'An alarm without an action that it can take fires, and nobody knows.',
    fix: "Give alarm_actions a topic in the alarm's own region, and leave actions_enabled on.",
    ids: { checkov: ['CKV_AWS_319'], securityHub: ['CloudWatch.15', 'CloudWatch.17'] },
    broken: unless(alarmTypes, (alarm, stack) => {
      const isEnabled = (alarm.config['actions_enabled'] ?? true) === true;
      return isEnabled && receiversOf(alarm).some((receiver) => isInRegionOf(alarm, receiver, stack));
    }),
  },
  {
    id: 'alert-topic-subscribed',
    severity: 'critical',
    why: 'Alarms, events and budgets are sent to a topic that nobody is subscribed to: they reach nobody.',
    fix: 'Add an aws_sns_topic_subscription without a filter policy to the topic: alertEmails of the environment does.',
    broken: (stack) => alertTopics(stack).filter(({ address }) => !isSubscribed(`\${${address}.arn}`, stack)),
  },
  {
    id: 'alert-topic-known',
    severity: 'critical',
    why: 'Its topic is not in the stack, so that it can not be told whether anybody is subscribed to it.',
    fix: 'Subscribe somebody in this stack, or suppress this rule with the reason: who gets what the topic is sent.',
    broken: unless(alertTypes, (alert, stack) => {
      const receivers = receiversOf(alert);
      const isKnown = receivers.some((receiver) => isSubscribed(receiver, stack));
      return isKnown || !receivers.some((receiver) => isOutside(receiver, stack));
    }),
  },
];
