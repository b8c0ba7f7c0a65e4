import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ruleTable } from '../test/rule-table.ts';

// With `-u` it writes the table.
test('the README has the table of all rules', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [written = ''] = /^\| rule [^]*?\n(?=\n)/m.exec(readme) ?? [];
  const table = `${ruleTable()}\n`;
  expect(written).not.toBe('');
  const expected = cells(written) === cells(table) ? readme : readme.replace(written, () => table);
  await expect(expected).toMatchFileSnapshot('../README.md');
});

/** The formatter aligns tables by its own rules. */
function cells(text: string): string {
  return text.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-');
}
