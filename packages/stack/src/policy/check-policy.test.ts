import { describe, expect, test } from 'vitest';
import { breaks } from '../../test/broken-stacks.ts';
import { StackDraft } from '../../test/edit-stack.ts';
import { recordedStack } from '../../test/recorded-stack.ts';
import { estimateCost } from '../cost/estimate-cost.ts';
import { checkPolicy } from './check-policy.ts';
import { checkovBaseline } from './checkov-baseline.ts';
import { policyRules } from './policy-rules.ts';

const production = recordedStack('production');
const everything = recordedStack('everything');

test.each([
  { stack: 'the production preset', json: production },
  { stack: 'a stack with each construct', json: everything },
])('$stack passes every rule', ({ json }) => {
  const report = checkPolicy(json);
  expect(report.findings).toEqual([]);
  expect(report.rulesChecked).toBe(policyRules.length);
});

test.each(['development', 'test', 'staging'] as const)(
  'what the %s preset does without is suppressed, with a reason',
  (preset) => {
    const { findings, suppressed } = checkPolicy(recordedStack(preset));
    expect(findings).toEqual([]);
    expect(suppressed.map(({ rule }) => rule)).toContain('log-retention');
  },
);

test('each rule has a stack that breaks it, and an id of its own', () => {
  expect(policyRules.map((rule) => rule.id).toSorted()).toEqual(Object.keys(breaks).toSorted());
});

describe.each(Object.entries(breaks))('%s', (ruleId, ways) => {
  test.each(ways.map((breakIt, index) => ({ way: index + 1, breakIt })))(
    'is found, way $way',
    ({ breakIt }) => {
      const draft = new StackDraft(everything);
      breakIt(draft);
      const found = checkPolicy(draft.json).findings.filter((finding) => finding.rule === ruleId);
      expect(found).not.toEqual([]);
      for (const finding of found) {
        expect(finding.resource).toMatch(/^(aws_\w+\.|module\.|provider\.|terraform\.)/);
        expect(finding.why.length * finding.fix.length).toBeGreaterThan(0);
      }
    },
  );
});

test('findings come worst first, with the address and the path of the construct', () => {
  const draft = new StackDraft(production);
  draft.set('aws_db_instance', { publicly_accessible: true, copy_tags_to_snapshot: false });
  const { findings } = checkPolicy(draft.json);
  expect(findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`)).toEqual([
    'critical rds-not-public shop-production/shop/database/replica-1',
    'critical rds-not-public shop-production/shop/database/writer',
    'low rds-copy-tags shop-production/shop/database/replica-1',
    'low rds-copy-tags shop-production/shop/database/writer',
  ]);
});

test('a switch that is written as text, or is null, counts as what it says', () => {
  const draft = new StackDraft(production);
  draft.set('aws_db_instance', { publicly_accessible: 'false', auto_minor_version_upgrade: 'true' });
  draft.set('aws_subnet', { map_public_ip_on_launch: null });
  expect(checkPolicy(draft.json).findings).toEqual([]);
});

test('rules on PostgreSQL do not apply to another engine', () => {
  const draft = new StackDraft(production);
  draft.set('aws_db_instance', { engine: 'mysql', parameter_group_name: 'mysql8' });
  const rules = checkPolicy(draft.json).findings.map((finding) => finding.rule);
  expect(rules).not.toContain('rds-tls-required');
  expect(rules).not.toContain('rds-query-logging');
});

test.each([
  '{}',
  'null',
  '"stack"',
  '{"resource":{}}',
  '{"resource":null}',
  '{"resource":{"aws_db_instance":{"shop":null}}}',
  '{"provider":{"aws":[{"region":"eu-west-1"}]},"output":{}}',
])('there is no verdict on %s, in which there is no stack', (file) => {
  for (const judge of [checkPolicy, checkovBaseline]) {
    expect(() => judge(JSON.parse(file))).toThrow(
      expect.objectContaining({ code: 'stack-empty', exitCode: 2 }),
    );
  }
});

const database = { engine: 'postgres', publicly_accessible: true };
const region = { region: 'eu-west-1' };

test.each([
  { form: 'objects', provider: { aws: region }, resource: { aws_db_instance: { shop: database } } },
  { form: 'resources', provider: [{ aws: region }], resource: [{ aws_db_instance: { shop: database } }] },
  { form: 'names', provider: { aws: [region] }, resource: { aws_db_instance: [{ shop: database }] } },
  { form: 'blocks', provider: [{ aws: [region] }], resource: { aws_db_instance: { shop: [database] } } },
])('each form that Terraform reads has the same findings: $form', ({ provider, resource }) => {
  const written = JSON.parse(JSON.stringify({ provider, resource }));
  const usual = { provider: { aws: [region] }, resource: { aws_db_instance: { shop: database } } };
  expect(checkPolicy(written)).toEqual(checkPolicy(usual));
  expect(estimateCost(written, { hours: 1 })).toEqual(estimateCost(usual, { hours: 1 }));
  expect(checkPolicy(written).findings.map(({ rule }) => rule)).toContain('rds-not-public');
});

test('modules in a list are found too', () => {
  const json = JSON.parse('{"module":[{"database":{"source":"./database"}}]}');
  expect(checkPolicy(json).findings.map(({ resource }) => resource)).toEqual(['module.database']);
});
