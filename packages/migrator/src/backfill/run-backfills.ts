import { UserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { MigrationFolders } from '../files/migration-folders.ts';
import type { Ledger } from '../ledger.ts';
import { migratorCommand } from '../migrator-command.ts';
import { backfillError, refuseBackfills } from './backfill-error.ts';
import type { Backfill } from './backfill-file.ts';
import { findBackfills } from './find-backfills.ts';
import { type BackfillOptions, backfillSettings, checkBackfillOptions } from './options.ts';
import {
  type BackfillProgress,
  beginProgress,
  ensureProgressTable,
  progressTableOf,
  readProgress,
} from './progress-table.ts';
import { runBatches } from './run-batches.ts';
import { BackfillSession } from './session.ts';
import { resolveTarget, type Target } from './target.ts';

/** Where backfills are declared, and where their progress is. */
export interface BackfillContext {
  driver: AbstractSqlDriver;
  ledger: Ledger;
  /** By which a run locks it. */
  ledgerName: string;
  folders: MigrationFolders | undefined;
  /** The schema of the run; undefined is the search path of the connection. */
  schema: string | undefined;
}

/** A backfill that was run to its end. */
export interface BackfillResult {
  name: string;
  /** Qualified. */
  table: string;
  /** Rows that were changed, by earlier runs of it as well. */
  rowsChanged: number;
  /** How often it went through the table; the last pass found nothing to do. */
  passes: number;
  /** It was finished already: this call has changed nothing. */
  wasFinished: boolean;
}

/**
 * Runs backfills to their end, one after another by name, or goes on with those that were begun.
 *
 * @param names default: all that are not finished
 */
export async function runBackfills(
  context: BackfillContext,
  names: readonly string[] | undefined,
  options: BackfillOptions,
): Promise<BackfillResult[]> {
  checkBackfillOptions(options);
  const { found, faults } = await findBackfills(context.folders);
  refuseBackfills(faults);
  // Finds out which table the ledger is.
  await context.ledger.rows();
  const begun = await readProgress(context.ledger, progressTableOf(context.ledger));
  const asked = askedBackfills(found, begun, names);
  const results: BackfillResult[] = [];
  for (const backfill of asked) {
    results.push(
      await runBackfill(context, backfill, options).catch((error: unknown) => {
        throw backfillError(backfill.name, error);
      }),
    );
  }
  return results;
}

function askedBackfills(
  found: readonly Backfill[],
  begun: readonly BackfillProgress[],
  names: readonly string[] | undefined,
): Backfill[] {
  if (names === undefined) {
    return found.filter(
      (backfill) =>
        !begun.some(
          ({ name, state, fingerprint }) =>
            name === backfill.name && state === 'finished' && fingerprint === backfill.fingerprint,
        ),
    );
  }
  const unknown = names.filter((name) => !found.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new UserError('backfill-not-found', `There is no backfill ${unknown.join(', ')}.`, {
      hint: `${migratorCommand('backfill', '--list')} shows the names.`,
    });
  }
  return found.filter(({ name }) => names.includes(name));
}

async function runBackfill(
  { driver, ledger, ledgerName, schema }: BackfillContext,
  backfill: Backfill,
  options: BackfillOptions,
): Promise<BackfillResult> {
  const settings = backfillSettings(backfill.settings, options);
  const key = { ledgerName, backfill: backfill.name, schema };
  await using session = await BackfillSession.open(driver, key, settings);
  const target = await targetOf(session, backfill);
  const progressTable = progressTableOf(ledger);
  await ensureProgressTable(session, progressTable);
  const recorded = await recordedProgress(session, progressTable, backfill, settings.restart);
  const result = (
    { rowsChanged, pass }: Pick<BackfillProgress, 'rowsChanged' | 'pass'>,
    wasFinished: boolean,
  ) => ({
    name: backfill.name,
    table: target.table.replaceAll('"', ''),
    rowsChanged,
    passes: pass,
    wasFinished,
  });
  if (recorded?.state === 'finished') return result(recorded, true);
  if (recorded === undefined) {
    const rowsEstimated = target.estimatedRows === undefined ? null : Math.round(target.estimatedRows);
    await beginProgress(session, progressTable, { ...backfill, rowsEstimated });
  }
  const begun = recorded ?? firstBatch;
  return result(await runBatches({ session, backfill, target, progressTable, settings }, begun), false);
}

const firstBatch = {
  state: 'running',
  pass: 1,
  lastKey: null,
  rowsSeen: 0,
  passChanged: 0,
  passSkipped: 0,
  rowsChanged: 0,
} as const;

async function targetOf(session: BackfillSession, backfill: Backfill): Promise<Target> {
  const resolved = await resolveTarget(session, backfill);
  if ('target' in resolved) return resolved.target;
  refuseBackfills(resolved.faults.map((fault) => ({ name: backfill.name, problem: `${fault}.` })));
  throw new Error('A table that can be worked on was refused.');
}

/** What an earlier run has recorded, if this one goes on with it; undefined if it begins anew. */
async function recordedProgress(
  session: BackfillSession,
  progressTable: string,
  { name, fingerprint }: Backfill,
  restart: boolean,
): Promise<BackfillProgress | undefined> {
  const recorded = (await readProgress(session, progressTable)).find((each) => each.name === name);
  if (recorded === undefined || restart) return undefined;
  const hasBatch = recorded.pass > 1 || recorded.lastKey !== null;
  if (recorded.state === 'running' && !hasBatch) return undefined;
  if (recorded.fingerprint !== fingerprint) {
    const state = recorded.state === 'finished' ? 'was finished' : 'was begun';
    throw new UserError('backfill-refused', `Backfill ${name} has changed since it ${state}.`, {
      hint: `Restore it; or begin anew with what it is now: ${migratorCommand('backfill', name, '--restart')}.`,
    });
  }
  return recorded.state === 'failed' ? undefined : recorded;
}
