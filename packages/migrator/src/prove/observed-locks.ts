import { type LockMode, lockModeOf, lockModes, lockNumber } from '../locks/lock-mode.ts';

/** A lock of a table. */
export interface ObservedLock {
  /** Quoted, with its schema. */
  table: string;
  mode: LockMode;
}

/** The mode of a name as in `pg_locks`: `AccessShareLock` is `access share`. */
export function modeOfLock(name: string): LockMode | undefined {
  const words = name
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
  return lockModes.find((mode) => mode === words);
}

/** The strongest lock of each table, by its name. */
export function strongestLocks(locks: readonly ObservedLock[]): ObservedLock[] {
  const byTable = new Map<string, number>();
  for (const { table, mode } of locks) {
    byTable.set(table, Math.max(byTable.get(table) ?? 0, lockNumber(mode)));
  }
  return [...byTable]
    .map(([table, number]) => ({ table, mode: lockModeOf(number) }))
    .toSorted((a, b) => (a.table < b.table ? -1 : 1));
}

/**
 * The locks that are stronger than all that `expected` has of their table. Those that stop no query of an application
 * are left out: of reads, of writes, and of rows that foreign keys look up.
 */
export function strongerThan(
  locks: readonly ObservedLock[],
  expected: readonly ObservedLock[],
): ObservedLock[] {
  const known = new Map(strongestLocks(expected).map(({ table, mode }) => [table, lockNumber(mode)]));
  return strongestLocks(locks).filter(
    ({ table, mode }) =>
      lockNumber(mode) >= lockNumber('share update exclusive') && lockNumber(mode) > (known.get(table) ?? 0),
  );
}
