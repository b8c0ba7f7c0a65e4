import { expect, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { synthesize } from '../stack/synthesize.ts';
import { checkPolicy } from './check-policy.ts';
import { suppress } from './suppress.ts';

test('a suppressed finding is reported apart, with its reason, and survives the JSON', () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'development');
    const { writer } = environment.database;
    suppress(writer, 'rds-multi-az', 'Nobody waits for a development database.');
    suppress(writer, 'rds-backups', 'It is filled by a command.');
    return stack;
  });
  const report = checkPolicy(json);
  const rules = report.findings.map((finding) => finding.rule);
  expect(rules).not.toContain('rds-multi-az');
  expect(rules).toContain('rds-deletion-protection');
  expect(report.suppressed.map(({ rule, reason }) => [rule, reason])).toEqual([
    ['rds-multi-az', 'Nobody waits for a development database.'],
    ['rds-backups', 'It is filled by a command.'],
  ]);
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
