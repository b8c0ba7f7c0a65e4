import { expect, test } from 'vitest';
import { cases, history, type RuleCases, transactionCases } from '../../test/lint/cases.ts';
import { lintStatements } from './lint-statements.ts';
import { rules } from './rules.ts';

const all = [
  ...Object.entries(cases).map(([code, each]) => ({ code, ...each, transactional: false })),
  ...Object.entries(transactionCases).map(([code, each]) => ({ code, ...each, transactional: true })),
];
const each = (list: (rule: RuleCases) => string[]) =>
  all.flatMap(({ transactional, ...rule }) =>
    list(rule).map((sql) => ({ code: rule.code, sql, transactional })),
  );

async function codesOf(sql: string, transactional: boolean, code: string): Promise<string[]> {
  const findings = await lintStatements(history(sql, transactional), {
    releases: ['Migration1'],
    rules: { [code]: rules.find((rule) => rule.code === code)?.severity ?? 'error' },
  });
  return findings.filter(({ migration }) => migration === 'Migration2').map((finding) => finding.code);
}

test.each(each(({ found }) => found))('$code finds: $sql', async ({ code, sql, transactional }) => {
  expect(await codesOf(sql, transactional, code)).toContain(code);
});

test.each(each(({ clean = [] }) => clean))(
  '$code has nothing against: $sql',
  async ({ code, sql, transactional }) => {
    expect(await codesOf(sql, transactional, code)).not.toContain(code);
  },
);

test('each rule has cases', () => {
  const tested = all.map(({ code }) => code);
  expect(rules.map(({ code }) => code).filter((code) => !tested.includes(code))).toEqual([]);
});
