import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alarmRows } from '../test/alarm-table.ts';
import { alarmIds } from './alarm-definition.ts';

test('the reference’s table of alarms is what the definitions say', () => {
  const reference = readFileSync(new URL('../../../docs/reference/alarms.md', import.meta.url), 'utf8');
  const rows = reference
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
    .filter(({ length, 0: id }) => length === 5 && alarmIds.some((known) => id === `\`${known}\``));
  expect(rows).toEqual(alarmRows());
});
