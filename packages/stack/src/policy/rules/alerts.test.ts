import { expect, test } from 'vitest';
import { costStack, type Resources } from '../../../test/cost-stack.ts';
import type { JsonObject } from '../../model/stack-json.ts';
import { checkPolicy } from '../check-policy.ts';
import { alertRules } from './alerts.ts';

/** What the rules find in an alarm with these actions, with other resources beside it. */
function findingsOf(actions: readonly string[], beside: Resources = {}, alarm: JsonObject = {}): string[] {
  const cpu = { alarm_actions: actions, ...alarm };
  const stack = costStack({ 'aws_cloudwatch_metric_alarm.cpu': cpu, ...beside });
  const { findings } = checkPolicy(stack, { rules: alertRules });
  expect(findings.every(({ severity }) => severity === 'critical')).toBe(true);
  return findings.map(({ rule, resource }) => `${rule} ${resource}`);
}

const ours = '${aws_sns_topic.alerts.arn}';
const topic = { 'aws_sns_topic.alerts': { name: 'alerts' } };
const outside = 'arn:aws:sns:eu-west-1:123456789012:oncall';
const subscription = (config: JsonObject): Resources => ({ 'aws_sns_topic_subscription.it': config });

test.each(['email', 'email-json', 'https', 'sms', 'sqs', 'lambda', 'application', 'firehose'])(
  'an alarm to a topic with a subscription by %s reaches somebody',
  (protocol) => {
    expect(findingsOf([ours], { ...topic, ...subscription({ topic_arn: ours, protocol }) })).toEqual([]);
  },
);

test.each<{ which: string; config: JsonObject }>([
  { which: 'of a count', config: { count: 2 } },
  { which: 'for each of several', config: { for_each: { anna: 'anna@example.com' } } },
])('a subscription $which is one', ({ config }) => {
  expect(findingsOf([ours], { ...topic, ...subscription({ topic_arn: ours, ...config }) })).toEqual([]);
});

test('an alarm to a topic without a subscription reaches nobody, and the topic is named once', () => {
  const parts = { ...topic, 'aws_cloudwatch_composite_alarm.all': { alarm_actions: [ours] } };
  expect(findingsOf([ours], parts)).toEqual(['alert-topic-subscribed aws_sns_topic.alerts']);
});

test('a topic that no alert is sent to needs nobody', () => {
  const parts = { 'aws_sns_topic.orders': {}, ...topic, ...subscription({ topic_arn: ours }) };
  expect(findingsOf([ours], parts)).toEqual([]);
});

test('of a topic outside of the stack nothing is known, unless the stack subscribes somebody to it', () => {
  for (const arn of [outside, '${var.topic}', '${data.aws_sns_topic.oncall.arn}']) {
    expect(findingsOf([arn])).toEqual(['alert-topic-known aws_cloudwatch_metric_alarm.cpu']);
    expect(findingsOf([arn], subscription({ topic_arn: arn }))).toEqual([]);
    expect(findingsOf([arn], { ...topic, ...subscription({ topic_arn: ours }) })).not.toEqual([]);
  }
});

test('one receiver that is known is enough', () => {
  expect(findingsOf([outside, ours], { ...topic, ...subscription({ topic_arn: ours }) })).toEqual([]);
  expect(findingsOf([outside, ours], topic)).toEqual([
    'alert-topic-subscribed aws_sns_topic.alerts',
    'alert-topic-known aws_cloudwatch_metric_alarm.cpu',
  ]);
});

test('an action that is not a topic needs no subscriber', () => {
  expect(findingsOf(['arn:aws:automate:eu-west-1:ec2:recover'])).toEqual([]);
  const scaling = { 'aws_appautoscaling_policy.readers': {} };
  expect(findingsOf(['${aws_appautoscaling_policy.readers.arn}'], scaling)).toEqual([]);
});

const farTopic = 'arn:aws:sns:us-east-1:123456789012:oncall';

test.each<{ which: string; actions: readonly string[]; config?: JsonObject }>([
  { which: 'without an action', actions: [] },
  { which: 'whose actions are off', actions: [outside], config: { actions_enabled: false } },
  { which: 'whose actions may be off', actions: [outside], config: { actions_enabled: '${var.isOn}' } },
  { which: 'with actions in another region only', actions: [farTopic] },
])('an alarm $which reaches nobody', ({ actions, config }) => {
  expect(findingsOf(actions, {}, config)).toContain('alarm-tells-somebody aws_cloudwatch_metric_alarm.cpu');
});
