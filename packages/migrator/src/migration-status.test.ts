import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerRow } from './ledger-row.ts';
import { type CodeMigration, migrationStatuses } from './migration-status.ts';
import { faultsOf } from './refuse-faults.ts';

const names = fc.uniqueArray(fc.constantFrom(...'ABCDEFGH'));

function row(name: string, id: number): LedgerRow {
  return {
    id,
    name,
    kind: 'versioned',
    fingerprint: name,
    replaces: [],
    state: 'applied',
    direction: 'up',
    down_fingerprint: null,
    next_statement: 1,
    executed_at: new Date(0),
    execution_ms: 1,
    executed_by: 'me',
  };
}

const code = (name: string, isChanged = false): CodeMigration => ({ name, isChanged, replaces: [] });

test('whatever the code and the ledger hold, a run is allowed only where the one is a prefix of the other', () => {
  fc.assert(
    fc.property(names, names, (inCode, applied) => {
      const statuses = migrationStatuses(
        inCode.map((name) => code(name)),
        applied.map(row),
        false,
      );
      expect(statuses.map(({ name }) => name)).toEqual([...new Set([...inCode, ...applied])].sort());
      const [sortedCode, sortedLedger] = [[...inCode].sort(), [...applied].sort()];
      const common = Math.min(sortedCode.length, sortedLedger.length);
      const isPrefix = sortedCode.slice(0, common).join() === sortedLedger.slice(0, common).join();
      // No code at all is taken for a wrong folder.
      expect(faultsOf(statuses, 'up', false).length === 0).toBe(
        isPrefix && (inCode.length > 0 || applied.length === 0),
      );
      const last = sortedCode.at(-1) ?? '~';
      const hasGap = applied.some((name) => !inCode.includes(name) && name < last);
      expect(faultsOf(statuses, 'up', true).length === 0).toBe(!hasGap);
      const subset = applied.every((name) => inCode.includes(name));
      expect(faultsOf(statuses, 'down', false).length === 0).toBe(subset);
    }),
  );
});

test('a changed migration is a fault in both directions', () => {
  const statuses = migrationStatuses([code('A', true)], [row('A', 1)], false);
  expect(statuses).toMatchObject([{ name: 'A', state: 'changed' }]);
  for (const direction of ['up', 'down'] as const)
    expect(faultsOf(statuses, direction, true)).toHaveLength(1);
});

test('a partly applied migration continues only in its direction', () => {
  const half = { ...row('A', 1), state: 'failed', direction: 'down', down_fingerprint: 'x' } as const;
  expect(migrationStatuses([code('A')], [half], true)).toMatchObject([{ state: 'running' }]);
  const statuses = migrationStatuses([code('A')], [half], false);
  expect(statuses).toMatchObject([{ state: 'failed', progress: { direction: 'down', doneStatements: 1 } }]);
  expect(faultsOf(statuses, 'down', false)).toEqual([]);
  expect(faultsOf(statuses, 'up', false)).toHaveLength(1);
  expect(migrationStatuses([code('A', true)], [half], false)).toMatchObject([{ state: 'changed' }]);
});
