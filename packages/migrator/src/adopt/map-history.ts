import { migratorCommand } from '../migrator-command.ts';
import type { Fault } from '../refuse-faults.ts';
import { type HistoryEntry, versionOf } from './history-tools.ts';

/** What the caller decides about what code and history do not say. */
export interface AdoptDecisions {
  /** Migrations whose changes the database has, although the history lacks them or has them as failed. */
  applied?: readonly string[];
  /** Migrations whose changes the database lacks: `up()` runs them. */
  pending?: readonly string[];
  /** Entries of the history that the code has no migration for, and needs none. */
  ignore?: readonly string[];
}

/** A migration of the code that is recorded as applied. */
export interface AdoptedMigration {
  name: string;
  /** The entries of the history that it is; none for one that the caller has called applied. */
  entries: string[];
  executedAt?: Date;
}

/** How a history fits the code. */
export interface HistoryMapping {
  /** By name. */
  adopted: AdoptedMigration[];
  /** Entries that are no migration of the code: repeatable ones, and those to ignore. */
  leftOut: string[];
  /** Why it can't be taken over. */
  faults: Fault[];
}

/**
 * Finds the migration of the code for each entry of a history.
 *
 * @param code the names of all migrations
 * @param recorded those that the ledger has already
 */
export function mapHistory(
  entries: readonly HistoryEntry[],
  code: readonly string[],
  recorded: ReadonlySet<string>,
  decisions: AdoptDecisions,
): HistoryMapping {
  const { applied = [], pending = [], ignore = [] } = decisions;
  const remedy = (more: AdoptDecisions): string => adoptCommand(decisions, more);
  const adopted = new Map<string, AdoptedMigration>();
  const leftOut: string[] = [];
  const faults: Fault[] = [];
  for (const entry of entries) {
    const name = migrationOf(entry, code);
    if (ignore.includes(entry.name) || (name === undefined && entry.repeatable === true)) {
      leftOut.push(entry.name);
    } else if (name === undefined) {
      const also = entry.names.filter((each) => each !== entry.name);
      const asNames = also.length === 0 ? '' : ` as ${also.join(', ')}`;
      const problem = `is in the history, and not in the code${asNames}. Restore its file; or, if nothing in the code stands for it: ${remedy({ ignore: [entry.name] })}.`;
      faults.push({ name: entry.name, problem });
    } else if (pending.includes(name)) {
      leftOut.push(entry.name);
    } else if (entry.failure !== undefined && !applied.includes(name)) {
      const problem = `has failed in the history: ${entry.failure}. If the database has all its changes: ${remedy({ applied: [name] })}. If it has none, so that it has to run: ${remedy({ pending: [name] })}.`;
      faults.push({ name, problem });
    } else {
      const earlier = adopted.get(name);
      adopted.set(name, {
        name,
        entries: [...(earlier?.entries ?? []), entry.name],
        executedAt: entry.executedAt ?? earlier?.executedAt,
      });
    }
  }
  for (const name of applied) {
    if (code.includes(name) && !adopted.has(name)) adopted.set(name, { name, entries: [] });
  }
  const last = [...adopted.keys()].reduce((last, name) => (name > last ? name : last), '');
  const gaps = code.filter(
    (name) => name < last && !adopted.has(name) && !recorded.has(name) && !pending.includes(name),
  );
  faults.push(
    ...gaps
      .filter((name) => faults.every((fault) => fault.name !== name))
      .map((name) => ({
        name,
        problem: `is not in the history, which has later ones. If the database has its changes: ${remedy({ applied: [name] })}. If it lacks them: ${remedy({ pending: [name] })}.`,
      })),
  );
  return { adopted: [...adopted.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), leftOut, faults };
}

/** By one of its names; else the only one that has its version. */
function migrationOf({ names, version }: HistoryEntry, code: readonly string[]): string | undefined {
  const found = names.find((name) => code.includes(name));
  if (found !== undefined || version === undefined) return found;
  const [same, ...others] = code.filter((name) => versionOf(name) === version);
  return others.length === 0 ? same : undefined;
}

/** `adopt` with what was decided before, and more. */
function adoptCommand(decisions: AdoptDecisions, more: AdoptDecisions): string {
  const words = (['applied', 'pending', 'ignore'] as const).flatMap((kind) =>
    [...(decisions[kind] ?? []), ...(more[kind] ?? [])].flatMap((name) => [`--${kind}`, name]),
  );
  return migratorCommand('adopt', ...words);
}
