import type { App } from 'cdktf';
import { expect, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { synthesize } from '../stack/synthesize.ts';
import { checkovBaseline, checkPolicy } from '@ecommerce-dms/stack';
import { suppress } from './suppress.ts';

/** Production, with a finding in each instance. */
function unprotected(app: App, replicas = 1) {
  const { stack, environment } = addPresetStack(app, 'production', { database: { replicas } });
  const { writer, replicas: readers } = environment.database;
  for (const instance of [writer, ...readers]) instance.deletionProtection = false;
  return { stack, environment };
}

test('a suppressed finding is reported apart, with its reason, and survives the JSON', () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = unprotected(app);
    suppress(environment.database.writer, 'rds-deletion-protection', 'It moves next week.');
    return stack;
  });
  const report = checkPolicy(json);
  expect(report.findings.map(({ rule, path }) => [rule, path])).toEqual([
    ['rds-deletion-protection', 'shop-production/shop/database/replica-1'],
  ]);
  expect(report.suppressed).toContainEqual(
    expect.objectContaining({
      rule: 'rds-deletion-protection',
      path: 'shop-production/shop/database/writer',
      reason: 'It moves next week.',
    }),
  );
});

test('a construct is let off with everything below it, and the last reason counts', () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = unprotected(app);
    suppress(environment, 'rds-deletion-protection', 'It moves next week.');
    suppress(environment.database, 'rds-deletion-protection', 'It has moved.');
    return stack;
  });
  const { findings, suppressed } = checkPolicy(json);
  expect(findings).toEqual([]);
  const reasons = suppressed.filter(({ rule }) => rule === 'rds-deletion-protection');
  expect(reasons.map(({ reason }) => reason)).toEqual(['It has moved.', 'It has moved.']);
});

test('a neighbour with a longer name is not let off', () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = unprotected(app, 10);
    const [first] = environment.database.replicas;
    if (first !== undefined) suppress(first, 'rds-deletion-protection', 'It is there to be deleted.');
    return stack;
  });
  const paths = checkPolicy(json).findings.map(({ path }) => path);
  expect(paths).toContain('shop-production/shop/database/replica-10');
  expect(paths).not.toContain('shop-production/shop/database/replica-1');
});

test('the stack itself can be let off a rule on its tags', () => {
  const { json } = synthesize((app) => {
    const { stack } = addPresetStack(app, 'production');
    stack.provider.defaultTags = [];
    suppress(stack, 'required-tags', 'The account has one owner.');
    return stack;
  });
  expect(checkPolicy(json).findings).toEqual([]);
});

test('a suppression needs a reason, and the id of a rule that exists', () => {
  synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'development');
    const { writer } = environment.database;
    expect(() => suppress(writer, 'rds-multi-az', ' ')).toThrow(/no reason/);
    expect(() => suppress(writer, 'rds-multi-zone', 'a reason')).toThrow(/no rule "rds-multi-zone"/);
    return stack;
  });
});

test("Checkov's baseline holds what was suppressed, and nothing else", () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production', {
      database: { multiAz: false, finalSnapshot: false, replicas: 0 },
    });
    suppress(environment, 'rds-multi-az', 'It may be away.');
    suppress(environment, 'rds-final-snapshot', 'Checkov has no such check.');
    return stack;
  });
  const [writer] = Object.keys(json.resource?.['aws_db_instance'] ?? {});
  const ofWriter = checkovBaseline(json).failed_checks[0]?.findings.filter(({ resource }) =>
    resource.endsWith(writer ?? '?'),
  );
  expect(ofWriter).toEqual([
    { resource: `aws_db_instance.${writer}`, check_ids: ['CKV_AWS_157'] },
    { resource: `resource.${writer}`, check_ids: ['CKV_AWS_157'] },
  ]);
});
