import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rules, suppressionCodes } from './lint/rules.ts';

const page = fileURLToPath(new URL('../../../docs/reference/migrator.md', import.meta.url));

// With `-u` it writes the table.
test('the reference has the table of all lint rules', async () => {
  const reference = readFileSync(page, 'utf8');
  const [written = ''] = /^\| lint rule [^]*?\n(?=\n)/m.exec(reference) ?? [];
  const rows = [
    ...rules.map(({ code, kind, severity, isOff, why }) => [code, kind, isOff ? 'off' : severity, why]),
    ...Object.entries(suppressionCodes).map(([code, why]) => [
      code,
      'suppressions',
      code === 'suppression-unused' ? 'warning' : 'error',
      why,
    ]),
  ];
  const lines = [['lint rule', 'about', 'severity', 'why'], ['---', '---', '---', '---'], ...rows].map(
    ([code = '', ...cells]) =>
      `| ${code.includes(' ') || code === '---' ? code : `\`${code}\``} | ${cells.join(' | ')} |`,
  );
  const table = `${lines.join('\n')}\n`;
  expect(written).not.toBe('');
  const expected = cellsOf(written) === cellsOf(table) ? reference : reference.replace(written, () => table);
  await expect(expected).toMatchFileSnapshot(page);
});

/** The formatter aligns tables by its own rules. */
function cellsOf(text: string): string {
  return text.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-');
}
