import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerRow } from './ledger-row.ts';
import { migrationStatuses } from './migration-status.ts';
import { faultsOf } from './refuse-faults.ts';

const names = fc.uniqueArray(fc.constantFrom(...'ABCDEFGH'));

function row(name: string, id: number): LedgerRow {
  return {
    id,
    name,
    checksum: name,
    state: 'applied',
    direction: 'up',
    down_checksum: null,
    next_statement: 1,
    executed_at: new Date(0),
    execution_ms: 1,
    executed_by: 'me',
  };
}

test('whatever the code and the ledger hold, a run is allowed only where the ledger is a prefix of the code', () => {
  fc.assert(
    fc.property(names, names, (inCode, applied) => {
      const code = inCode.map((name) => ({ name, checksum: name }));
      const statuses = migrationStatuses(code, applied.map(row), false);
      expect(statuses.map(({ name }) => name)).toEqual([...new Set([...inCode, ...applied])].sort());
      const sorted = [...inCode].sort();
      const prefix = [...applied].sort().every((name, index) => name === sorted[index]);
      expect(faultsOf(statuses, 'up', false).length === 0).toBe(prefix);
      const subset = applied.every((name) => inCode.includes(name));
      expect(faultsOf(statuses, 'up', true).length === 0).toBe(subset);
      expect(faultsOf(statuses, 'down', false).length === 0).toBe(subset);
    }),
  );
});

test('a changed checksum is a fault in both directions', () => {
  const statuses = migrationStatuses([{ name: 'A', checksum: 'other' }], [row('A', 1)], false);
  expect(statuses).toMatchObject([{ name: 'A', state: 'changed' }]);
  for (const direction of ['up', 'down'] as const)
    expect(faultsOf(statuses, direction, true)).toHaveLength(1);
});

test('a partly applied migration continues only in its direction', () => {
  const half = { ...row('A', 1), state: 'failed', direction: 'down', down_checksum: 'x' } as const;
  const code = [{ name: 'A', checksum: 'A', downChecksum: 'x' }];
  expect(migrationStatuses(code, [half], true)).toMatchObject([{ state: 'running' }]);
  const statuses = migrationStatuses(code, [half], false);
  expect(statuses).toMatchObject([{ state: 'failed', progress: { direction: 'down', doneStatements: 1 } }]);
  expect(faultsOf(statuses, 'down', false)).toEqual([]);
  expect(faultsOf(statuses, 'up', false)).toHaveLength(1);
  expect(migrationStatuses([{ name: 'A', checksum: 'A', downChecksum: 'y' }], [half], false)).toMatchObject([
    { state: 'changed' },
  ]);
});
