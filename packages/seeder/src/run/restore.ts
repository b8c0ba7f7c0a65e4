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
  /** URL of the database, as the owner of the loaded tables. */
  url: string;
  /** Stops it: nothing is changed, and it can be called again. */
  signal?: AbortSignal;
  /**
   * Deletes all rows of tables that were empty before the load, whoever wrote them. Default false: if such a table has
   * rows that the load did not write, or that others have changed since, the load is not undone.
   */
  discardRowsOfOthers?: boolean;
}

/**
 * Undoes a run that was cut off, by a kill of its process or of the server: removes what it loaded and brings back the
 * constraints, indexes and triggers that it set aside. `seed` does the same before it starts.
 *
 * Rows that others have written meanwhile are kept. If the load has committed rows and others have rows in a table that
 * was empty before it, nothing is changed: those may be rows of the load that others have changed. In a table that held
 * rows before, a row of the load that others have changed is kept.
 *
 * @returns the name of the plan whose run was undone; undefined if there was nothing to undo
 * @throws UserError `invalid-database-url`, `database-unreachable`, `connection-lost`
 * @throws UserError `seeding-in-progress`, `tables-in-use` while others work on the tables
 * @throws UserError `rows-of-others` with the tables, the counts and the statements that show the rows;
 * `rows-violate-constraint` if rows that are kept violate a constraint; `tables-changed` if others have changed the
 * tables so that what was set aside does not fit
 * @throws UserError `not-the-owner`, `not-the-writer`; `restore-failed` if the server refuses for another reason
 * @throws the signal's reason, when it aborts
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

/** Does the same on a session that holds the lock, in one transaction, so that it can be cut off and run again. */
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
      `A load of the plan '${run.record.plan}' was cut off, and this role cannot undo it: it was started by ${run.role} (${run.table}).`,
    );
  }
  await client.query('set local search_path = pg_catalog');
  const { truncate, remove, dependents } = run.record;
  // Nothing is written between counting and deleting; and sessions of the killed process that still work have ended.
  await client.query(`lock table ${[...truncate, ...remove].join(', ')} in access exclusive mode`);
  // Foreign keys come first in the list: no key is dropped that one still needs.
  for (const dependent of dependents) await client.query(dependent.drop);
  await removeRows(client, run.record, discardRowsOfOthers);
  const foreignKeysLast = dependents.toSorted(
    (a, b) => Number(a.kind === 'foreign key') - Number(b.kind === 'foreign key'),
  );
  for (const dependent of foreignKeysLast) await bringBack(client, dependent);
  await client.query(`drop table ${run.table}`);
  return run.record.plan;
}

const canceled = '57014';

/** Undefined and duplicate tables, columns and objects; a second primary key; objects that others depend on. */
const changedDefinition = new Set(['42P01', '42703', '42704', '42P07', '42710', '42P16', '2BP01']);

/** A failure to undo as a UserError, but for a session that was cancelled. */
function explainFailure(error: unknown): unknown {
  const explained = explainError(error);
  const state = sqlStateOf(explained) ?? '';
  if (changedDefinition.has(state)) {
    return new UserError(
      'tables-changed',
      `The load was not undone, because its tables were changed meanwhile: ${sentencesOf(error)}`,
      { hint: 'Revert that change, run again, then make the change again.', cause: error },
    );
  }
  if (!isServerError(explained) || state === canceled) return explained;
  return new UserError(
    'restore-failed',
    `The load that was cut off was not undone: ${sentencesOf(error)} Its rows are still there, and its constraints are still missing.`,
    { hint: 'Fix what the server reports, then run again.', cause: error },
  );
}

async function removeRows(client: Client, run: RunRecord, discardRowsOfOthers: boolean): Promise<void> {
  const { truncate, remove, transactionIds } = run;
  const mayHaveLoaded = await hasCommitted(client, transactionIds);
  const others = discardRowsOfOthers ? [] : await findRowsOfOthers(client, truncate, transactionIds);
  // A row of the load that others have changed looks like one of theirs.
  if (others.length > 0 && mayHaveLoaded) throw rowsOfOthersError(run, others);
  if (others.length === 0 && truncate.length > 0) await client.query(`truncate ${truncate.join(', ')}`);
  if (!mayHaveLoaded) return;
  for (const table of remove) await client.query(`delete from ${table} where ${writtenBy(transactionIds)}`);
}

async function bringBack(client: Client, { kind, name, create }: Dependent): Promise<void> {
  try {
    await client.query(create);
  } catch (error) {
    if (!isIntegrityViolation(error)) throw error;
    throw new UserError(
      'rows-violate-constraint',
      `The load was not undone: without it, rows that others wrote meanwhile violate the ${kind} ${name}: ${sentencesOf(error)}`,
      { hint: 'Correct or delete those rows, then run again.', cause: error },
    );
  }
}
