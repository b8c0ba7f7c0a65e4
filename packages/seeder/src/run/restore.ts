import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { cancelOnAbort } from '../cancel.ts';
import type { Dependent } from '../catalog/dependents.ts';
import {
  explainError,
  inTransaction,
  isIntegrityViolation,
  isServerError,
  notTheOwner,
  sentencesOf,
  sqlStateOf,
  withConnections,
} from '../connection.ts';
import { findRowsOfOthers, hasCommitted, rowsOfOthersError, writtenBy } from './rows-of-others.ts';
import { findRun, lockRuns, type RunRecord } from './run-record.ts';

export interface RestoreOptions {
  /** Of the database, for the owner of the loaded tables. */
  url: string;
  /** Stops it; nothing is changed then, and it can be called again. */
  signal?: AbortSignal;
  /**
   * Deletes, with the load, all rows of tables that were empty before it. Default false: rows there that the load did
   * not write, or that others have changed since, are counted and the load is not undone.
   */
  discardRowsOfOthers?: boolean;
}

/**
 * Undoes a run that was cut off, by a kill of this process or of the server: removes what it loaded and brings back
 * the constraints, indexes and triggers that it set aside. `seed` does it too before it starts.
 *
 * What others have written meanwhile is kept. If the load has committed rows and others have rows in a table that was
 * empty before it, nothing is changed: those may be rows of the load that others have changed. In a table that held
 * rows before, a row of the load that others have changed stays.
 *
 * Throws a UserError: `invalid-database-url`, `database-unreachable`, `seeding-in-progress`, `tables-in-use`; `rows-of-others` with the
 * tables, the counts and the statements that show the rows; `rows-violate-constraint` if what is kept breaks a key;
 * `not-the-owner`, `not-the-writer` if this is not the role that loaded or not the writer; `restore-failed` if the server
 * refuses it for another reason; `tables-changed` if others have changed the tables' definitions so that what was set aside does not fit.
 *
 * @returns the name of the plan whose run was undone; undefined if there was nothing to undo
 * @example
 * ```ts
 * import { restore } from '@ecommerce-dms/seeder';
 *
 * const plan = await restore({ url: 'postgres://owner@127.0.0.1/shop' });
 * console.log(plan === undefined ? 'nothing to undo' : `undid a run of ${plan}`);
 * ```
 */
export async function restore(options: RestoreOptions): Promise<string | undefined> {
  const { url, signal } = options;
  signal?.throwIfAborted();
  try {
    return await withConnections(url, 1, async ([client]) => {
      using _ = cancelOnAbort(url, [client], signal);
      await lockRuns(client);
      return await undoRun(client, options);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw explainError(error);
  }
}

/** The same on a session that holds the lock. It is one transaction: it can be cut off and run again. */
export async function undoRun(
  client: Client,
  options: Pick<RestoreOptions, 'discardRowsOfOthers'> = {},
): Promise<string | undefined> {
  return await inTransaction(client, () => undo(client, options)).catch((error: unknown) => {
    throw explainFailure(error);
  });
}

async function undo(
  client: Client,
  { discardRowsOfOthers = false }: Pick<RestoreOptions, 'discardRowsOfOthers'>,
): Promise<string | undefined> {
  const run = await findRun(client);
  if (run === undefined) return undefined;
  if (!run.isOurs) {
    throw notTheOwner(
      `A load of the plan '${run.record.plan}' was cut off, and this role cannot undo it: ${run.role} has begun it (${run.table}).`,
    );
  }
  await client.query('SET LOCAL search_path = pg_catalog');
  const { truncate, remove, dependents } = run.record;
  // What is counted is what is deleted; and a session of the killed process that is still at work comes to its end.
  await client.query(`LOCK TABLE ${[...truncate, ...remove].join(', ')} IN ACCESS EXCLUSIVE MODE`);
  // Foreign keys come first in the list: no key is dropped that one still needs.
  for (const dependent of dependents) await client.query(dependent.drop);
  await removeRows(client, run.record, discardRowsOfOthers);
  const foreignKeysLast = dependents.toSorted(
    (a, b) => Number(a.kind === 'foreign key') - Number(b.kind === 'foreign key'),
  );
  for (const dependent of foreignKeysLast) await bringBack(client, dependent);
  await client.query(`DROP TABLE ${run.table}`);
  return run.record.plan;
}

const CANCELED = '57014';

/** Undefined and duplicate tables, columns and objects; a second primary key; objects that others depend on. */
const CHANGED_DEFINITION = new Set(['42P01', '42703', '42704', '42P07', '42710', '42P16', '2BP01']);

/** A failure to undo as a UserError, but for a session that was cancelled. */
function explainFailure(error: unknown): unknown {
  const explained = explainError(error);
  const state = sqlStateOf(explained) ?? '';
  if (CHANGED_DEFINITION.has(state)) {
    return new UserError(
      'tables-changed',
      `The load is not undone: its tables were changed meanwhile: ${sentencesOf(error)}`,
      { hint: 'Take that change back, run again, then make it again.', cause: error },
    );
  }
  if (!isServerError(explained) || state === CANCELED) return explained;
  return new UserError(
    'restore-failed',
    `The load that was cut off is not undone: ${sentencesOf(error)} Its rows are there, and constraints are missing, as it has left them.`,
    { hint: 'Fix what the server reports, then run again.', cause: error },
  );
}

async function removeRows(client: Client, run: RunRecord, discardRowsOfOthers: boolean): Promise<void> {
  const { truncate, remove, transactionIds } = run;
  const mayHaveLoaded = await hasCommitted(client, transactionIds);
  const others = discardRowsOfOthers ? [] : await findRowsOfOthers(client, truncate, transactionIds);
  // A row that others have changed can't be told from one of theirs.
  if (others.length > 0 && mayHaveLoaded) throw rowsOfOthersError(run, others);
  if (others.length === 0 && truncate.length > 0) await client.query(`TRUNCATE ${truncate.join(', ')}`);
  if (!mayHaveLoaded) return;
  for (const table of remove) await client.query(`DELETE FROM ${table} WHERE ${writtenBy(transactionIds)}`);
}

async function bringBack(client: Client, { kind, name, create }: Dependent): Promise<void> {
  try {
    await client.query(create);
  } catch (error) {
    if (!isIntegrityViolation(error)) throw error;
    throw new UserError(
      'rows-violate-constraint',
      `The load is not undone: without it, rows that others wrote meanwhile break the ${kind} ${name}: ${sentencesOf(error)}`,
      { hint: 'Correct or delete those rows, then run again.', cause: error },
    );
  }
}
