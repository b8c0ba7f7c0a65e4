import { qualifiedName } from '../identifiers.ts';
import type { LedgerSource } from '../ledger-row.ts';
import type { Ledger } from '../ledger.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { Fault } from '../refuse-faults.ts';
import type { MigrationSource } from '../migration-source.ts';
import { entryNames } from './entry-names.ts';
import { findHistories, type History, readHistory } from './find-histories.ts';
import type { HistoryEntry } from './history-tools.ts';
import { type AdoptDecisions, type AdoptedMigration, mapHistory } from './map-history.ts';
import { recordApplied, recordKnown, refuseRecording } from './record-applied.ts';

/** Options of `adopt`. */
export interface AdoptOptions extends AdoptDecisions {
  /** The table of the history, with its schema; only needed when the database has several. */
  from?: string;
  /** Drizzle's `meta/_journal.json`, from MikroORM's `baseDir`; default: the one in the folder of the migrations. */
  journal?: string;
  /** Only returns what would be recorded. */
  dryRun?: boolean;
  /** The schema of the ledger, as in the options of `up`. */
  schema?: string;
}

/** What `adopt` has recorded, or would record. */
export interface Adoption {
  tool: string;
  /** The table of the history, with its schema. */
  table: string;
  /** How its entries were matched with migrations. */
  rule: string;
  /** Migrations of the code that are recorded as applied now, by name, with their entries. */
  adopted: AdoptedMigration[];
  /** Entries that nothing is recorded for: repeatable ones, and those that the options ignore or call pending. */
  leftOut: string[];
}

/**
 * Records what another tool has applied. The caller holds the run lock and a transaction of the ledger.
 *
 * @param code all migrations of the code; none is loaded
 */
export async function adopt(
  ledger: Ledger,
  code: readonly MigrationSource[],
  { from, journal, dryRun = false, ...decisions }: AdoptOptions,
): Promise<Adoption> {
  const rows = await ledger.rows();
  const names = await entryNames(code, journal);
  const sources = await ledger.sources();
  const { history, entries } = await chooseHistory(ledger, sources, from, (found) =>
    readHistory(ledger, found, names),
  );
  const codeNames = code.map(({ name }) => name);
  const known = knownEntries(sources, history.table);
  const recorded = new Set(rows.map(({ name }) => name));
  const added = entries.filter(({ name }) => !known.has(name));
  const mapping = mapHistory(added, codeNames, recorded, decisions);
  const named = [...(decisions.applied ?? []), ...(decisions.pending ?? [])];
  refuseRecording([
    ...mapping.faults,
    ...named.filter((name) => !codeNames.includes(name)).map((name) => notInCode(name)),
    ...(decisions.ignore ?? [])
      .filter((name) => entries.every((entry) => entry.name !== name))
      .map((name) => ({ name, problem: `is no entry of ${history.table}. ${remedyShow}` })),
    ...rows
      .filter(({ state }) => state !== 'applied')
      .map(({ name }) => ({
        name,
        problem: `is applied in part. Finish it first: ${migratorCommand('up')}.`,
      })),
  ]);
  const { adopted, leftOut } = mapping;
  if (!dryRun) {
    await ledger.ensureTable();
    const source = (of: string[]): LedgerSource[] =>
      of.length === 0 ? [] : [{ tool: history.tool.tool, table: history.table, entries: of }];
    await recordApplied(
      ledger,
      adopted.map((each) => ({ ...each, sources: source(each.entries) })),
    );
    await recordKnown(ledger, source(leftOut));
  }
  return { tool: history.tool.tool, table: history.table, rule: history.tool.rule, adopted, leftOut };
}

const remedyShow = `${migratorCommand('adopt', '--dry-run')} shows them all.`;

function notInCode(name: string): Fault {
  return { name, problem: `is no migration of the code. ${migratorCommand('info')} shows their names.` };
}

/** The entries of a history that the ledger stands for. */
export function knownEntries(sources: readonly LedgerSource[], table: string): Set<string> {
  return new Set(sources.filter((source) => source.table === table).flatMap(({ entries }) => entries));
}

interface FoundHistory {
  history: History;
  entries: HistoryEntry[];
}

/** @throws UserError `migrations-refused`: there is no history with entries, or several, or it may not be read. */
async function chooseHistory(
  ledger: Ledger,
  sources: readonly LedgerSource[],
  from: string | undefined,
  read: (history: History) => Promise<HistoryEntry[]>,
): Promise<FoundHistory> {
  const all = await findHistories(ledger, ledger.qualifiedTableName);
  const { tableName } = ledger.getTableName();
  // A ledger of this migrator with the same name in another schema is another tenant's.
  const asked = all.filter(({ table, schema, tool: { tool } }) =>
    from === undefined
      ? tool !== '@ecommerce-dms/migrator' || table !== `${schema}.${tableName}`
      : table === from || table === `public.${from}`,
  );
  refuseRecording(asked.filter(({ readable }) => !readable).map(unreadable((await ledger.writer()).user)));
  const found: FoundHistory[] = [];
  for (const history of asked) {
    const entries = await read(history);
    if (entries.length > 0) found.push({ history, entries });
  }
  // Of several, those that the ledger knows as a whole need nothing.
  const open = found.filter(({ history, entries }) => {
    const known = knownEntries(sources, history.table);
    return entries.some(({ name }) => !known.has(name));
  });
  const [chosen, ...others] = open.length > 0 ? open : found;
  if (chosen === undefined) {
    refuseRecording([
      {
        name: from ?? 'the database',
        problem: `has no history of another tool with entries. If it has the changes of migrations all the same, name the last of them: ${migratorCommand('baseline', 'NAME')}. If it has none: ${migratorCommand('up')}.`,
      },
    ]);
    throw new Error('A refusal throws.');
  }
  if (others.length > 0) {
    refuseRecording(
      [chosen, ...others].map(({ history: { tool, table } }) => ({
        name: table,
        problem: `is the history of ${tool.tool}, and not the only one. To take over this one: ${migratorCommand('adopt', '--from', table)}.`,
      })),
    );
  }
  return chosen;
}

/** The fault of a history that `user` may not read. */
export function unreadable(user: string): (history: History) => Fault {
  return ({ table, schema, quotedName }) => ({
    name: table,
    problem: `looks like a history of migrations, but the database user may not read it, so what has been applied is unknown. Its owner can allow that: \`grant usage on schema ${qualifiedName([schema])} to ${user}; grant select on ${quotedName} to ${user}\`.`,
  });
}
