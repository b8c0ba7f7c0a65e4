import { expect, test } from 'vitest';
import { costStack } from '../../../test/cost-stack.ts';
import type { JsonObject } from '../../model/stack-json.ts';
import { checkPolicy } from '../check-policy.ts';
import { alertRules } from './alerts.ts';

type Parts = Readonly<Record<string, JsonObject>>;

/** What the rules find in an alarm with these actions, with what is beside it by `type.name`. */
function findingsOf(actions: readonly string[], parts: Parts = {}, alarm: JsonObject = {}): string[] {
  const resources = [
    ['aws_cloudwatch_metric_alarm.cpu', { alarm_actions: actions, ...alarm }] as const,
    ...Object.entries(parts),
  ].map(([address, config]) => {
    const [type = '', name = ''] = address.split('.');
    return { type, name, config };
  });
  const { findings } = checkPolicy(costStack(resources), { rules: alertRules });
  expect(findings.every(({ severity }) => severity === 'critical')).toBe(true);
  return findings.map(({ rule, resource }) => `${rule} ${resource}`);
}

const ours = '${aws_sns_topic.alerts.arn}';
const topic = { 'aws_sns_topic.alerts': { name: 'alerts' } };
const outside = 'arn:aws:sns:eu-west-1:123456789012:oncall';
const subscription = (config: JsonObject): Parts => ({ 'aws_sns_topic_subscription.it': config });

test.each(['email', 'email-json', 'https', 'sms', 'sqs', 'lambda', 'application', 'firehose'])(
  'an alarm to a topic with a subscription by %s reaches somebody',
  (protocol) => {
    expect(findingsOf([ours], { ...topic, ...subscription({ topic_arn: ours, protocol }) })).toEqual([]);
  },
);

test.each<[string, JsonObject]>([
  ['of a count', { count: 2 }],
  ['for each of several', { for_each: { anna: 'anna@example.com' } }],
])('a subscription %s is one', (_case, config) => {
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

test('of a topic outside of the stack nothing can be told, unless the stack subscribes somebody to it', () => {
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

test('an action that is no topic is what the alarm is for', () => {
  expect(findingsOf(['arn:aws:automate:eu-west-1:ec2:recover'])).toEqual([]);
  const scaling = { 'aws_appautoscaling_policy.readers': {} };
  expect(findingsOf(['${aws_appautoscaling_policy.readers.arn}'], scaling)).toEqual([]);
});

test.each<[string, readonly string[], JsonObject]>([
  ['without an action', [], {}],
  ['whose actions are switched off', [outside], { actions_enabled: false }],
  ['whose actions may be switched off', [outside], { actions_enabled: '${var.isOn}' }],
  ['that acts in another region alone', ['arn:aws:sns:us-east-1:123456789012:oncall'], {}],
])('an alarm %s reaches nobody', (_case, actions, config) => {
  expect(findingsOf(actions, {}, config)).toContain('alarm-tells-somebody aws_cloudwatch_metric_alarm.cpu');
});
