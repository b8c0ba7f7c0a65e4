import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ruleTable } from '../test/rule-table.ts';

const page = fileURLToPath(new URL('../../../docs/reference/stack.md', import.meta.url));

// With `-u` it writes the table.
test('the reference has the table of all rules', async () => {
  const reference = readFileSync(page, 'utf8');
  const [written = ''] = /^\| rule [^]*?\n(?=\n)/m.exec(reference) ?? [];
  const table = `${ruleTable()}\n`;
  expect(written).not.toBe('');
  const expected = cells(written) === cells(table) ? reference : reference.replace(written, () => table);
  await expect(expected).toMatchFileSnapshot(page);
});

/** The formatter aligns tables by its own rules. */
function cells(text: string): string {
  return text.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-');
}
