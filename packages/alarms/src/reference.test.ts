import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { alarmRows } from '../test/alarm-table.ts';

const page = fileURLToPath(new URL('../../../docs/reference/alarms.md', import.meta.url));

// With `-u` it writes the rows, which the formatter then aligns.
test('the reference’s table of alarms is what the definitions say', async () => {
  const reference = readFileSync(page, 'utf8');
  const [, written = ''] = /^\| alarm .*\n\| -.*\n((?:\|.*\n)+)/m.exec(reference) ?? [];
  expect(written).not.toBe('');
  const rows = alarmRows().map((cells) => `| ${cells.join(' | ')} |\n`);
  const expected =
    unaligned(written) === rows.join('') ? reference : reference.replace(written, () => rows.join(''));
  await expect(expected).toMatchFileSnapshot(page);
});

function unaligned(table: string): string {
  return table.replaceAll(/ +\|/g, ' |');
}
