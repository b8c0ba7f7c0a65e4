import { blocks, list } from '../../model/stack-model.ts';
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

/** Whether alarms, RDS's events and budgets reach somebody. */
export const alertRules: readonly PolicyRule[] = [
  {
    id: 'alarm-tells-somebody',
    severity: 'critical',
    why: 'An alarm without an action that works fires unnoticed.',
    fix: "Set alarm_actions to a topic in the alarm's own region, and leave actions_enabled on.",
    ids: { checkov: ['CKV_AWS_319'], securityHub: ['CloudWatch.15', 'CloudWatch.17'] },
    broken: unless(alarmTypes, (alarm, stack) => {
      const isEnabled = (alarm.config['actions_enabled'] ?? true) === true;
      return isEnabled && receiversOf(alarm).some((receiver) => isInRegionOf(alarm, receiver, stack));
    }),
  },
  {
    id: 'alert-topic-subscribed',
    severity: 'critical',
    why: 'Alerts are sent to a topic that nobody is subscribed to: they reach nobody.',
    fix: 'Add an aws_sns_topic_subscription of the topic, without a filter policy, as alertEmails of the environment does.',
    broken: (stack) => alertTopics(stack).filter(({ address }) => !isSubscribed(`\${${address}.arn}`, stack)),
  },
  {
    id: 'alert-topic-known',
    severity: 'critical',
    why: 'Its topic is not in the stack, so whether anybody is subscribed to it is not known.',
    fix: 'Add a subscription in this stack, or suppress this rule and say in the reason who is subscribed.',
    broken: unless(alertTypes, (alert, stack) => {
      const receivers = receiversOf(alert);
      const isKnown = receivers.some((receiver) => isSubscribed(receiver, stack));
      return isKnown || !receivers.some((receiver) => isOutside(receiver, stack));
    }),
  },
  {
    id: 'budget-tells-somebody',
    severity: 'medium',
    why: 'Nobody learns of the costs before the bill arrives.',
    fix: 'Give each notification an email address or a topic.',
    broken: unless('aws_budgets_budget', ({ config }) => {
      const notifications = blocks(config['notification']);
      return (
        notifications.length > 0 &&
        notifications.every(
          ({ subscriber_email_addresses: emails, subscriber_sns_topic_arns: topics }) =>
            list(emails).length + list(topics).length > 0,
        )
      );
    }),
  },
];
