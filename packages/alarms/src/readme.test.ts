import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readmeRows } from '../test/readme-table.ts';

// With `-u` it writes the rows, which the formatter then aligns.
test('the README’s table of alarms is what the definitions say', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, written = ''] = /^\| alarm .*\n\| -.*\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  expect(written).not.toBe('');
  const rows = readmeRows().map((cells) => `| ${cells.join(' | ')} |\n`);
  const expected =
    unaligned(written) === rows.join('') ? readme : readme.replace(written, () => rows.join(''));
  await expect(expected).toMatchFileSnapshot('../README.md');
});

function unaligned(table: string): string {
  return table.replaceAll(/ +\|/g, ' |');
}
