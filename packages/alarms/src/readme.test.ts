import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readmeRows } from '../test/readme-table.ts';
import { alarmIds } from './alarm-definition.ts';

test('the README’s table of alarms is what the definitions say', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = readme
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
    .filter(({ length, 0: id }) => length === 5 && alarmIds.some((known) => id === `\`${known}\``));
  expect(rows).toEqual(readmeRows());
});
