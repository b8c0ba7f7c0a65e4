import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { bool, nullable, pgLsn } from './sql-type.ts';
import { onlyRow, statement } from './statement.ts';
import { transientFailure } from './transient-failure.ts';
import type { Operation } from './with-retry.ts';

/** The options of {@link onReader}. */
export interface ReadOptions {
  /** What {@link commitLsn} returned after a write: the read sees that write. Without it, it may be behind. */
  after?: string | undefined;
  /** How long it waits for the reader to replay that write before it reads from the writer; default 500 ms. */
  maxWaitMs?: number;
  signal?: AbortSignal | undefined;
}

/** The reader has not replayed what the caller has written. */
class ReaderBehind extends Error {}

// Where the next record goes: a commit that does not wait for the disk is covered, too.
const selectInsertLsn = statement({ row: { lsn: pgLsn }, sql: 'select pg_current_wal_insert_lsn() as lsn' });

/**
 * The position in the writer's log that covers everything committed before: call it after a write, return it to the
 * caller (in a cookie, say), and pass it to {@link onReader}. A token like `0/3A1B2C8`.
 */
export async function commitLsn(em: EntityManager): Promise<string> {
  return onlyRow(await selectInsertLsn(em, {})).lsn;
}

/**
 * Runs a read-only operation on the reader of `ormOptions({ readerUrl })`, on one connection and in a read-only
 * transaction. It runs on the writer when there is no reader, when the reader cannot be reached, or when it has not
 * replayed `after` in time.
 *
 * @throws what the operation throws; UserError `invalid-lsn`; the reason of `signal`
 * @example
 * ```ts
 * await withRetry(em, checkout, request);
 * const lsn = await commitLsn(em);
 * const page = await onReader(em, searchOrders, { customerId }, { after: lsn }); // has that order
 * ```
 */
export async function onReader<Input, Result>(
  em: EntityManager,
  operation: Operation<Input, Result>,
  input: Input,
  options: ReadOptions = {},
): Promise<Result> {
  const { signal } = options;
  const after = options.after === undefined ? undefined : logPosition(options.after);
  try {
    return await readOn(em, 'read', async (reading) => {
      if (after !== undefined) await waitForReplay(reading, after, options);
      return await operation(reading, input);
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ReaderBehind) && transientFailure(error) === undefined) throw error;
  }
  return await readOn(em, 'write', (reading) => operation(reading, input));
}

/** @throws UserError `invalid-lsn`: the text is no position in the writer's log */
export function logPosition(text: string): string {
  if (/^[\dA-F]{1,8}\/[\dA-F]{1,8}$/i.test(text)) return text;
  throw new UserError('invalid-lsn', `'${text}' is not a log position such as 0/3A1B2C8.`);
}

/** A read-only transaction on one connection: the reader may be a pool of several servers. */
async function readOn<Result>(
  em: EntityManager,
  type: 'read' | 'write',
  read: (em: EntityManager) => Promise<Result>,
): Promise<Result> {
  return await em.getConnection(type).transactional(
    async (transaction) => {
      const reading = em.fork();
      reading.setTransactionContext(transaction);
      return await read(reading);
    },
    { readOnly: true },
  );
}

const hasReplayed = statement({
  params: { lsn: pgLsn },
  row: { replayed: nullable(bool) },
  sql: 'select not pg_is_in_recovery() or pg_last_wal_replay_lsn() >= :lsn as replayed',
});

async function waitForReplay(
  em: EntityManager,
  lsn: string,
  { maxWaitMs = 500, signal }: ReadOptions,
): Promise<void> {
  const deadline = performance.now() + maxWaitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    signal?.throwIfAborted();
    if (onlyRow(await hasReplayed(em, { lsn })).replayed) return;
    if (performance.now() + pauseMs > deadline) throw new ReaderBehind();
    await delay(pauseMs);
  }
}
