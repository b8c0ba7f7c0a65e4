import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ruleTable } from '../test/rule-table.ts';

test('the README has the table of all rules', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(cells(readme)).toContain(cells(ruleTable()));
});

/** The formatter aligns tables by its own rules. */
function cells(text: string): string {
  return text.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-');
}
