import { expect, test } from 'vitest';
import { presetJson, testAccountId } from '../../test/preset-stack.ts';
import { type Json, list, object, StackModel, text } from '@ecommerce-dms/stack';

const stack = new StackModel(presetJson('production'));
const publishers = ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'];

function statementOf(type: string, sid: string) {
  const [resource] = stack.ofType(type);
  const document = JSON.parse(text(resource?.config['policy']) ?? '{}') as { Statement: Json };
  return list(document.Statement)
    .map((statement) => object(statement) ?? {})
    .find((statement) => statement['Sid'] === sid);
}

test.each([
  { type: 'aws_sns_topic_policy', action: 'sns:Publish' },
  { type: 'aws_kms_key', action: 'kms:Decrypt' },
])('$type admits the publishers of alerts, for this account alone', ({ type, action }) => {
  const statement = statementOf(type, 'AlertPublishers');
  expect(statement).toMatchObject({
    Effect: 'Allow',
    Principal: { Service: publishers },
    Condition: { StringEquals: { 'aws:SourceAccount': testAccountId } },
  });
  expect(list(statement?.['Action'])).toContain(action);
});

test('the key serves the log groups of this account alone', () => {
  const condition = object(statementOf('aws_kms_key', 'CloudWatchLogs')?.['Condition']);
  expect(JSON.stringify(condition)).toMatch(new RegExp(`:${testAccountId}:log-group:\\*`));
});

test('the topic uses the key, and the address is subscribed', () => {
  const [topic] = stack.ofType('aws_sns_topic');
  expect(stack.target(topic?.config['kms_master_key_id'])?.type).toBe('aws_kms_key');
  expect(stack.ofType('aws_sns_topic_subscription').map(({ config }) => config['endpoint'])).toEqual([
    'oncall@example.com',
  ]);
});

test('events of the writer and of each replica reach the topic', () => {
  const [subscription] = stack
    .ofType('aws_db_event_subscription')
    .filter(({ config }) => config['source_type'] === 'db-instance');
  const sources = list(subscription?.config['source_ids']).map(
    (id) => stack.target(id)?.config['identifier'],
  );
  expect(sources).toEqual(['shop-production', 'shop-production-replica-1']);
  expect(stack.target(subscription?.config['sns_topic'])?.type).toBe('aws_sns_topic');
});
