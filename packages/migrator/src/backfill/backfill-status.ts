import { advisoryLockHolder, lockClass } from '../advisory-lock.ts';
import { findBackfills } from './find-backfills.ts';
import { type BackfillProgress, progressTableOf, readProgress } from './progress-table.ts';
import { percentOf } from './reporter.ts';
import type { BackfillContext } from './run-backfills.ts';
import { backfillKey } from './session.ts';

/**
 * What is known of a backfill.
 *
 * - `pending`: it was not begun
 * - `running`: a process is working on it now
 * - `interrupted`: it was begun, and nobody is working on it; it goes on where it stopped
 * - `finished`: a pass through the table has found nothing to do
 * - `failed`: the last pass still had something to do
 * - `changed`: its statement is not the one that it was begun with
 * - `missing`: it was begun or finished, and the code has it no more
 * - `invalid`: its file is wrong; `problem` says how
 */
export type BackfillState =
  | 'pending'
  | 'running'
  | 'interrupted'
  | 'finished'
  | 'failed'
  | 'changed'
  | 'missing'
  | 'invalid';

/** A backfill as `backfills()` shows it. */
export interface BackfillStatus {
  name: string;
  state: BackfillState;
  path?: string;
  problem?: string;
  /** How much of the table the present pass has seen, by the statistics. */
  percent?: number;
  pass?: number;
  rowsSeen?: number;
  rowsChanged?: number;
  startedAt?: Date;
  finishedAt?: Date;
}

/** The states of all backfills of the code and of the database, by name. Reads only. */
export async function backfillStatuses(context: BackfillContext): Promise<BackfillStatus[]> {
  const { ledger, ledgerName, folders } = context;
  const { found, faults } = await findBackfills(folders);
  await ledger.rows();
  const recorded = await readProgress(ledger, progressTableOf(ledger));
  const statuses: BackfillStatus[] = faults.map(({ name, problem }) => ({ name, state: 'invalid', problem }));
  for (const progress of recorded) {
    const code = found.find(({ name }) => name === progress.name);
    const isLocked = async (): Promise<boolean> =>
      (await advisoryLockHolder(ledger, lockClass(backfillKey(ledgerName, progress.name)), 'backfill')) !==
      undefined;
    const state = await stateOf(progress, code?.fingerprint, isLocked);
    statuses.push({ ...shown(progress), state, ...(code && { path: code.path }) });
  }
  for (const { name, path } of found) {
    if (!recorded.some((each) => each.name === name)) statuses.push({ name, state: 'pending', path });
  }
  return statuses.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function stateOf(
  { state, fingerprint }: BackfillProgress,
  fingerprintInCode: string | undefined,
  isLocked: () => Promise<boolean>,
): Promise<BackfillState> {
  if (state === 'running' && (await isLocked())) return 'running';
  if (fingerprintInCode === undefined) return 'missing';
  if (fingerprintInCode !== fingerprint) return 'changed';
  return state === 'running' ? 'interrupted' : state;
}

function shown(progress: BackfillProgress): Omit<BackfillStatus, 'state'> {
  const { name, state, pass, rowsSeen, rowsChanged, rowsEstimated, startedAt, finishedAt } = progress;
  const percent = state === 'running' ? percentOf(rowsSeen, rowsEstimated) : undefined;
  return {
    name,
    pass,
    rowsSeen,
    rowsChanged,
    startedAt,
    ...(percent !== undefined && { percent }),
    ...(finishedAt !== null && { finishedAt }),
  };
}
