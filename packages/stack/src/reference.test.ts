import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ruleTable } from '../test/rule-table.ts';

test('the reference has the table of all rules', () => {
  const reference = readFileSync(new URL('../../../docs/reference/stack.md', import.meta.url), 'utf8');
  expect(cells(reference)).toContain(cells(ruleTable()));
});

/** The formatter aligns tables by its own rules. */
function cells(text: string): string {
  return text.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-');
}
