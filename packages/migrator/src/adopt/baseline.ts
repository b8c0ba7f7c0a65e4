import { UserError } from '@ecommerce-dms/errors';
import type { Ledger } from '../ledger.ts';
import type { LedgerSource } from '../ledger-row.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { MigrationSource } from '../migration-source.ts';
import { knownEntries, unreadable } from './adopt.ts';
import { otherToolsOf } from '../foreign-history.ts';
import { entryNames } from './entry-names.ts';
import { findHistories, readHistory } from './find-histories.ts';
import { recordApplied, recordKnown, refuseRecording } from './record-applied.ts';

/** Options of `baseline`. */
export interface BaselineOptions {
  /** Only returns what would be recorded. */
  dryRun?: boolean;
  /** The schema of the ledger, as in the options of `up`; default: that of the ORM's options, else the search path. */
  schema?: string;
}

/**
 * Records everything up to `last` as applied, and the entries of other tools' histories as known. The caller holds the
 * run lock and a transaction of the ledger.
 *
 * @returns the names that are recorded now, in their order
 */
export async function baseline(
  ledger: Ledger,
  code: readonly MigrationSource[],
  last: string,
  { dryRun = false, schema }: BaselineOptions,
): Promise<string[]> {
  if (code.every(({ name }) => name !== last)) {
    throw new UserError('migration-not-found', `There is no migration ${last} in the code.`, {
      hint: `${migratorCommand('info')} shows their names.`,
    });
  }
  const rows = new Map((await ledger.rows()).map((row) => [row.name, row]));
  const covered = code.map(({ name }) => name).filter((name) => name <= last);
  refuseRecording(
    covered
      .filter((name) => rows.has(name) && rows.get(name)?.state !== 'applied')
      .map((name) => ({
        name,
        problem: `is applied in part. Finish it: ${migratorCommand('up')}; or, if the database has all its changes: ${migratorCommand('repair', '--mark-applied', name)}.`,
      })),
  );
  const recorded = covered.filter((name) => !rows.has(name));
  if (!dryRun) {
    const sources = await unknownEntries(ledger, code, schema);
    await ledger.ensureTable();
    await recordApplied(
      ledger,
      recorded.map((name) => ({ name, sources: [] })),
    );
    await recordKnown(ledger, sources);
  }
  return recorded;
}

/** Entries of other tools' histories in the schemas of the run that the ledger does not stand for. */
async function unknownEntries(
  ledger: Ledger,
  code: readonly MigrationSource[],
  schema: string | undefined,
): Promise<LedgerSource[]> {
  const all = await findHistories(ledger, ledger.qualifiedTableName);
  const histories = await otherToolsOf(ledger, schema, all);
  refuseRecording(
    histories.filter(({ readable }) => !readable).map(unreadable((await ledger.writer()).user)),
  );
  const names = await entryNames(code, undefined);
  const sources = await ledger.sources();
  const found: LedgerSource[] = [];
  for (const history of histories) {
    const known = knownEntries(sources, history.table);
    const entries = (await readHistory(ledger, history, names)).map(({ name }) => name);
    const unknown = entries.filter((name) => !known.has(name));
    if (unknown.length > 0) found.push({ tool: history.tool.tool, table: history.table, entries: unknown });
  }
  return found;
}
