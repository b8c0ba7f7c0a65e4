import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { type Client, DatabaseError } from 'pg';
import { withAdmin } from './admin-client.ts';
import { serverOf, writerOf } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { findDamage } from './find-damage.ts';
import type { Operation } from './operation.ts';
import { relationLengths, type Original } from './relation-files.ts';
import { poll, streams } from './replication.ts';
import { isLostSession } from './server-log.ts';
import { startTimeoutMs } from './standby.ts';

/** A server that ends so often while it is checked has a fault of its own. */
const checkAttempts = 3;

/** What was found out of a standby that may take over. */
export interface Verdict {
  node: ClusterNode;
  /** Why it must not become the writer, as sentences; none when it may. */
  faults: string[];
  /** Its data is of no use: it has to be cloned again. */
  isDamaged: boolean;
}

/** Whether the standbys of a living writer have all that it has, on disk and intact. */
export async function checkFollowers(operation: Operation, nodes: ClusterNode[]): Promise<Verdict[]> {
  const { context } = operation;
  const writer = writerOf(context);
  const check = async (client: Client) => {
    const verdicts: Verdict[] = [];
    for (const node of nodes) verdicts.push(await checkFollower(operation, client, node));
    return verdicts;
  };
  return await withAdmin(writer.port, context.file.superuserPassword, check);
}

async function checkFollower(operation: Operation, writer: Client, node: ClusterNode): Promise<Verdict> {
  const { context, signal } = operation;
  operation.onProgress(`Checking ${node.name}`);
  const behind = (fault: string): Verdict => ({ node, faults: [fault], isDamaged: false });
  const unusable = await whyItDoesNotStart(operation, node);
  if (unusable) return unusable;
  if (!(await streams(writer, node, signal))) return behind('does not stream from the writer');
  const original = await measure(operation, writer);
  const { superuserPassword } = context.file;
  return await withAdmin(node.port, superuserPassword, async (client) => {
    const { rows } = await client.query<{ paused: boolean }>('select pg_is_wal_replay_paused() as paused');
    if (rows[0]?.paused) return behind('has its replay paused: select pg_wal_replay_resume()');
    if (!(await replays(client, original.position, signal))) {
      return behind('does not replay what the writer has written');
    }
    // What it has in memory goes to its disk, where it is looked for.
    await client.query('checkpoint');
    const faults = await findDamage(serverOf(context, node), superuserPassword, { original, signal });
    return { node, faults, isDamaged: faults.length > 0 };
  }).catch((error: unknown) => unreadable(node, error));
}

/** The verdict on a standby that can't read its own catalog; any other error is thrown again. */
function unreadable(node: ClusterNode, error: unknown): Verdict {
  // Classes of SQLSTATE: a failure within PostgreSQL (a damaged page among them), and one of the system below it.
  const isOfData = error instanceof DatabaseError && /^(XX|58)/.test(error.code ?? '');
  if (!isOfData) throw error;
  return { node, faults: [`cannot be read: ${error.message}`], isDamaged: true };
}

/** The writer's data, all of its WAL flushed. */
async function measure({ context }: Operation, writer: Client): Promise<Original> {
  await writer.query('checkpoint');
  const { data } = serverOf(context, writerOf(context));
  const lengths = await relationLengths(data);
  const { rows } = await writer.query<{ position: string }>(
    `select (pg_logical_emit_message(false, 'local-rds', '', true) - '0/0'::pg_lsn)::text as position`,
  );
  return { data, lengths, position: Number(rows[0]?.position), isFlushed: true };
}

/** Waits until the standby has replayed all up to a position; false when it stands still before. */
async function replays(standby: Client, position: number, signal?: AbortSignal): Promise<boolean> {
  return await poll(signal, async () => {
    const replayed = await replayedPosition(standby);
    return replayed >= position || String(replayed);
  });
}

/** Where the WAL ends that a standby has replayed: behind a record. */
export async function replayedPosition(standby: Client): Promise<number> {
  const { rows } = await standby.query<{ position: string }>(
    `select (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::text as position`,
  );
  return Number(rows[0]?.position);
}

/** Whether the standbys of a dead writer are intact, as far as can be known without it. */
export async function checkSurvivors(operation: Operation, nodes: ClusterNode[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const node of nodes) {
    operation.onProgress(`Checking ${node.name}`);
    verdicts.push(await checkSurvivor(operation, node));
  }
  return verdicts;
}

async function checkSurvivor(operation: Operation, node: ClusterNode): Promise<Verdict> {
  const { context, signal } = operation;
  const server = serverOf(context, node);
  for (let attempt = 1; ; attempt++) {
    const unusable = await whyItDoesNotStart(operation, node);
    if (unusable) return unusable;
    try {
      const original = await remains(operation, node);
      const faults = await findDamage(server, context.file.superuserPassword, { original, signal });
      return { node, faults, isDamaged: faults.length > 0 };
    } catch (error) {
      if (!isLostSession(error)) return unreadable(node, error);
      if (attempt === checkAttempts) {
        return { node, faults: [`ended while it was checked (${server.log} says why)`], isDamaged: true };
      }
      // One that was dying when it was asked is gone soon, and can be started.
      await delay(200, undefined, { signal });
    }
  }
}

/** What a dead writer has left, as far as the standby must have it; undefined when its files are gone. */
async function remains({ context }: Operation, standby: ClusterNode): Promise<Original | undefined> {
  const { data } = serverOf(context, writerOf(context));
  try {
    const [lengths, position] = [
      await relationLengths(data),
      await withAdmin(standby.port, context.file.superuserPassword, replayedPosition),
    ];
    return { data, lengths, position, isFlushed: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function whyItDoesNotStart(operation: Operation, node: ClusterNode): Promise<Verdict | undefined> {
  const server = serverOf(operation.context, node);
  const message = `Starting the standby, ${node.name}, on port ${node.port}`;
  try {
    await operation.ensureRunning(server, message, { timeoutMs: startTimeoutMs });
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const isDamaged = error.code === 'server-start-failed';
    return { node, faults: [`does not start: ${error.message}`], isDamaged };
  }
}
