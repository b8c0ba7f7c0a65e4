import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { findDependents } from '../catalog/dependents.ts';
import {
  explainError,
  insufficientPrivilege,
  inTransaction,
  sqlStateOf,
  withConnections,
} from '../connection.ts';
import { findRun, isRunsLockHeld } from './run-record.ts';

const undefinedTable = '42P01';

/** A run whose constraints are set aside: it is under way, or it was cut off. */
export interface UnfinishedRun {
  /** Name of its plan. */
  plan: string;
  startedAt: Date;
  /** Whether a process is loading or undoing it. If not, it was cut off, and `restore` undoes it. */
  isRunning: boolean;
  /** Foreign keys, indexes with their constraints, and triggers that are not back yet. */
  setAside: { kind: 'foreign key' | 'index' | 'trigger'; name: string }[];
}

/**
 * Finds a run that is under way or was cut off; changes nothing. It finds a run that this role can undo, or whose record
 * is on its search path and belongs to the owner of the tables; others are another team's. Ask the writer: a standby does
 * not know whether a run is under way.
 *
 * @returns undefined if nothing is set aside
 * @throws UserError `invalid-database-url`, `database-unreachable`, `connection-lost`; `run-unreadable` if the role may
 * not read the run's record; `tables-in-use`
 * @example
 * ```ts
 * const run = await findUnfinishedRun({ url: 'postgres://owner@127.0.0.1/shop' });
 * if (run !== undefined) console.log(run.plan, run.isRunning ? 'is loading' : 'was cut off');
 * ```
 */
export async function findUnfinishedRun(options: { url: string }): Promise<UnfinishedRun | undefined> {
  return await withConnections(options.url, 1, ([client]) => look(client));
}

async function look(client: Client): Promise<UnfinishedRun | undefined> {
  try {
    // On both sides: a run that ends meanwhile was under way, and so was one that began.
    const wasRunning = await isRunsLockHeld(client);
    const found = await inTransaction(client, () => readSetAside(client));
    return found && { ...found, isRunning: wasRunning || (await isRunsLockHeld(client)) };
  } catch (error) {
    const state = sqlStateOf(error);
    // The run has ended, and taken its record with it.
    if (state === undefinedTable) return undefined;
    if (state !== insufficientPrivilege) throw explainError(error);
    throw new UserError(
      'run-unreadable',
      'A load is under way or was cut off, and this role may not read its record.',
      {
        hint: 'Connect as the owner of the tables that are loaded.',
        cause: error,
      },
    );
  }
}

async function readSetAside(client: Client): Promise<Omit<UnfinishedRun, 'isRunning'> | undefined> {
  const run = await findRun(client);
  if (run === undefined) return undefined;
  // The path under which the record was written: definitions come out alike.
  await client.query('set local search_path = pg_catalog');
  const { plan, tableOids, dependents } = run.record;
  // A foreign key that is not checked yet has another definition.
  const present = new Set(
    (await findDependents(client, { all: tableOids, small: tableOids })).map(({ create }) => create),
  );
  const setAside = dependents.filter(({ create }) => !present.has(create));
  return { plan, startedAt: run.startedAt, setAside: setAside.map(({ kind, name }) => ({ kind, name })) };
}
