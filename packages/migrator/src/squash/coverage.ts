import type { LedgerRow } from '../ledger-row.ts';

/** What a squash that is not in the ledger needs. */
export type SquashAction =
  /** None of those that it replaces is applied: it is run. */
  | 'run'
  /** All of them are: it is recorded without being run. */
  | 'record'
  /** Some of them are: the others are run first. */
  | 'wait';

/** A squash that is not in the ledger. */
export interface PendingSquash {
  action: SquashAction;
  /** Those that it replaces which are not applied. */
  open: readonly string[];
  /** Those of them that are not in the code either. */
  absent: readonly string[];
}

/** Which migrations a squash takes the place of. */
export interface Coverage {
  /** By name, the squash of the ledger, or of the code, that stands for a migration. */
  replacedBy: ReadonlyMap<string, string>;
  /** The squashes of the code that are not in the ledger, by name. */
  pending: ReadonlyMap<string, PendingSquash>;
}

/**
 * Compares the squashes of the code with the ledger. A squash may replace squashes.
 *
 * @param code the migrations of the code, in order
 */
export function coverage(
  code: readonly { name: string; replaces: readonly string[] }[],
  rows: readonly Pick<LedgerRow, 'name' | 'replaces' | 'state' | 'direction'>[],
): Coverage {
  const recorded = new Map(rows.map((row) => [row.name, row]));
  const replacesOf = new Map(code.map(({ name, replaces }) => [name, replaces]));
  for (const { name, replaces } of rows) if (replaces.length > 0) replacesOf.set(name, replaces);
  const inCode = new Set(code.map(({ name }) => name));
  const replacedBy = new Map<string, string>();
  const cover = (squash: string): void => {
    for (const name of membersOf(squash, replacesOf)) replacedBy.set(name, squash);
  };
  for (const { name, replaces } of rows) if (replaces.length > 0) cover(name);

  const isDone = (name: string, seen: readonly string[] = []): boolean => {
    const row = recorded.get(name);
    if (row !== undefined) return row.state === 'applied';
    if (replacedBy.has(name)) return true;
    const members = replacesOf.get(name) ?? [];
    return (
      members.length > 0 && !seen.includes(name) && members.every((member) => isDone(member, [...seen, name]))
    );
  };
  const pending = new Map<string, PendingSquash>();
  // The last first: it may replace an earlier one.
  for (const { name, replaces } of code.toReversed()) {
    if (replaces.length === 0 || recorded.has(name) || replacedBy.has(name)) continue;
    const open = replaces.filter((member) => !isDone(member));
    const members = [...membersOf(name, replacesOf)];
    const isBegun = members.some((member) => recorded.has(member) || replacedBy.has(member));
    const action = open.length === 0 ? 'record' : isBegun ? 'wait' : 'run';
    pending.set(name, { action, open, absent: open.filter((member) => !inCode.has(member)) });
    if (action === 'run') cover(name);
    else {
      // The squash stands for those whose code is gone.
      const gone = members.filter((member) => recorded.has(member) && !inCode.has(member));
      for (const member of gone) if (!replacedBy.has(member)) replacedBy.set(member, name);
    }
  }
  return { replacedBy, pending };
}

/** Those that a squash replaces, and those that squashes among them replace. */
function membersOf(squash: string, replacesOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const members = new Set<string>();
  const add = (name: string): void => {
    for (const member of replacesOf.get(name) ?? []) {
      if (members.has(member) || member === squash) continue;
      members.add(member);
      add(member);
    }
  };
  add(squash);
  return members;
}
