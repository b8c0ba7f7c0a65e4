import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { withAdmin } from './admin-client.ts';
import { checkFollowers, checkSurvivors, replayedPosition, type Verdict } from './check-candidates.ts';
import {
  openContext,
  serverOf,
  standbysOf,
  updateFile,
  updateNode,
  writerOf,
  type ClusterContext,
} from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { withClusterLock } from './cluster-lock.ts';
import { readCommitWaits } from './commit-waits.ts';
import { exists } from './exists.ts';
import { keptName } from './kept-data.ts';
import { runOperation, type Operation, type OperationOptions } from './operation.ts';
import { readPostmaster } from './postmaster-file.ts';
import { reconcile, type RejoinFailure } from './reconcile.ts';
import { startServer } from './server.ts';
import { stopServer } from './stop-server.ts';
import { endOfWal } from './wal-end.ts';

export interface FailoverOptions extends OperationOptions {
  /**
   * How many bytes of the old writer's WAL may be lost, where commits may not have waited for a standby. Default: 0.
   * `Infinity` accepts any loss, also one that cannot be determined.
   */
  acceptLossBytes?: number | undefined;
}

export interface FailoverResult {
  /** Name of the old writer. */
  from: string;
  /** Name of the new writer. */
  to: string;
  /**
   * Bytes of WAL that the old writer had and the new one has not; undefined when that could not be determined. Where all
   * settings have commits wait for a standby, the commits in it were acknowledged to no session but one that has changed
   * `synchronous_commit` itself, or whose wait was cancelled.
   */
  lostBytes: number | undefined;
  /**
   * Where the old writer's data is kept, when `lostBytes` is not 0, until the next failover that keeps data or the
   * removal of the cluster; an absolute path.
   */
  keptDirectory: string | undefined;
  /** Nodes that are not standbys of the new writer yet, and why; `startCluster` tries again. */
  notRejoined: RejoinFailure[];
}

/** How long a living writer may take to hand its last WAL to the standbys and stop. */
const writerGraceMs = 5000;
/** How long it may take to answer before it counts as dead. */
const answerTimeoutMs = 5000;

/** See `Cluster.failover`. */
export async function failover(context: ClusterContext, options: FailoverOptions): Promise<FailoverResult> {
  const { acceptLossBytes = 0, signal } = options;
  if (!(acceptLossBytes >= 0)) {
    const message = `acceptLossBytes must be a number from 0 on, not ${acceptLossBytes}.`;
    throw new UserError('invalid-settings', message);
  }
  return await withClusterLock(
    context.directory,
    async () => {
      // Another process may have failed over since this one attached.
      context.file = (await openContext(context.directory))?.file ?? context.file;
      const from = context.file.writer;
      const notRejoined: RejoinFailure[] = [];
      const loss = await runOperation(context, options, async (operation) => {
        const loss = await changeWriter(operation, acceptLossBytes);
        await reconcile(operation, notRejoined);
        return loss;
      });
      return { from, to: context.file.writer, ...loss, notRejoined };
    },
    { signal },
  );
}

type Loss = Pick<FailoverResult, 'lostBytes' | 'keptDirectory'>;

/**
 * Chooses the new writer, stops the old one and names the new one in the cluster file, which decides: from then on any
 * call promotes that one and none other. The two swap ports, so that each endpoint keeps its address.
 */
async function changeWriter(operation: Operation, acceptLossBytes: number): Promise<Loss> {
  const { context } = operation;
  const old = writerOf(context);
  const candidates = standbysOf(context).filter(({ state }) => state === 'ready');
  if (candidates.length === 0) {
    throw new UserError(
      'standby-unavailable',
      'No standby has all that the writer has acknowledged; none can take over.',
      { hint: 'Start the cluster with a standby; startCluster also fixes a broken one.' },
    );
  }
  const isServing = await answers(context, old);
  // A healthy writer is given up for a standby only that was found to be as good.
  const followers = isServing
    ? requireSound(await noted(operation, checkFollowers, candidates), isServing)
    : [];
  operation.onProgress(`Stopping the writer, ${old.name}`);
  await stopServer(serverOf(context, old), writerGraceMs);
  const sound = isServing
    ? followers
    : requireSound(await noted(operation, checkSurvivors, candidates), isServing);
  const { chosen, end } = await mostAdvanced(context, sound);
  const lostBytes = await lossOf(context, old, end);
  const isAccepted = lostBytes === undefined ? acceptLossBytes === Infinity : lostBytes <= acceptLossBytes;
  const reason = isAccepted ? undefined : await whyLossMatters(context, { old, chosen, end });
  if (reason !== undefined) {
    // Not by the operation, which would stop it again.
    if (isServing) await startServer(serverOf(context, old));
    throw lossNotAccepted({ old, chosen, lostBytes, acceptLossBytes, reason });
  }
  const isKept = lostBytes !== 0 && (await exists(serverOf(context, old).data));
  const keepAs = isKept ? keptName(old) : undefined;
  const nodes = context.file.nodes.map((node): ClusterNode => {
    if (node.name === chosen.name) return { ...node, port: old.port };
    return node.name === old.name ? { ...node, port: chosen.port, state: 'absent', keepAs } : node;
  });
  await updateFile(context, { writer: chosen.name, nodes });
  return { lostBytes, keptDirectory: keepAs && join(context.root, keepAs) };
}

async function answers(context: ClusterContext, node: ClusterNode): Promise<boolean> {
  if (!(await readPostmaster(serverOf(context, node).data))) return false;
  return await withAdmin(node.port, context.file.superuserPassword, (client) => client.query('select 1'), {
    queryTimeoutMs: answerTimeoutMs,
  }).then(
    () => true,
    () => false,
  );
}

/** The verdicts of `check`; a standby that is damaged is cloned anew by the next `startCluster`. */
async function noted(
  operation: Operation,
  check: typeof checkFollowers,
  candidates: ClusterNode[],
): Promise<Verdict[]> {
  const verdicts = await check(operation, candidates);
  for (const { node, isDamaged } of verdicts) {
    if (isDamaged) await updateNode(operation.context, node.name, { state: 'absent' });
  }
  return verdicts;
}

/** @throws UserError `standby-unavailable` when no verdict is good */
function requireSound(verdicts: Verdict[], isServing: boolean): ClusterNode[] {
  const sound = verdicts.filter(({ faults }) => faults.length === 0).map(({ node }) => node);
  if (sound.length > 0) return sound;
  const reasons = verdicts.flatMap(({ node, faults }) => faults.map((fault) => `${node.name}: ${fault}`));
  throw new UserError(
    'standby-unavailable',
    `No standby can take over; ${isServing ? 'the writer goes on serving' : 'nothing was deleted'}.\n${reasons.join('\n')}`,
    {
      hint: isServing
        ? 'startCluster clones a damaged standby anew; then fail over.'
        : 'startCluster starts the writer again, and clones a damaged standby anew.',
    },
  );
}

/** The standby that has most of the old writer's WAL, and where that ends; the first one where it cannot be told. */
async function mostAdvanced(
  context: ClusterContext,
  sound: ClusterNode[],
): Promise<{ chosen: ClusterNode; end: number | undefined }> {
  const [first, ...others] = await Promise.all(
    sound.map(async (node) => ({ chosen: node, end: await endOfStandby(context, node) })),
  );
  if (!first) throw new Error('There is no standby to choose from.');
  return others.reduce((best, other) => ((other.end ?? -1) > (best.end ?? -1) ? other : best), first);
}

/** Bytes of WAL that the old writer has after `end`; undefined when that cannot be told. */
async function lossOf(
  { root }: ClusterContext,
  old: ClusterNode,
  end: number | undefined,
): Promise<number | undefined> {
  if (end === undefined) return undefined;
  const data = join(root, old.name);
  // What both have is not read, unless the writer has it no more.
  const oldEnd = await endOfWal(data, end).catch(() => endOfWal(data).catch(() => undefined));
  return oldEnd === undefined ? undefined : Math.max(0, oldEnd - end);
}

/** Why the WAL that is lost may hold commits that were acknowledged, as a sentence; undefined when it holds none. */
async function whyLossMatters(
  context: ClusterContext,
  { old, chosen, end }: { old: ClusterNode; chosen: ClusterNode; end: number | undefined },
): Promise<string | undefined> {
  const waits = await readCommitWaits(context, old, chosen);
  if (typeof waits === 'string') return waits;
  // Any one of these may have acknowledged a commit.
  for (const name of waits.standbys) {
    if (name === chosen.name) continue;
    const node = standbysOf(context).find((standby) => standby.name === name);
    const other = node && (await endOfStandby(context, node));
    if (other === undefined)
      return `Commits may have waited for ${name} alone, whose data does not tell how far it came.`;
    if (end === undefined || other > end)
      return `Commits may have waited for ${name} alone, which has more than ${chosen.name}.`;
  }
  return undefined;
}

/** Where the WAL of a standby ends; undefined when its data does not tell. */
async function endOfStandby(context: ClusterContext, node: ClusterNode): Promise<number | undefined> {
  const { data, port } = serverOf(context, node);
  const isRunning = (await readPostmaster(data)) !== undefined;
  // What it has replayed was read before. It may be gone by now, or be another server's port.
  const replayed = isRunning
    ? await withAdmin(port, context.file.superuserPassword, replayedPosition).catch(() => undefined)
    : undefined;
  return await endOfWal(data, replayed).catch(() => endOfWal(data).catch(() => undefined));
}

function lossNotAccepted({
  old,
  chosen,
  lostBytes,
  acceptLossBytes,
  reason,
}: {
  old: ClusterNode;
  chosen: ClusterNode;
  lostBytes: number | undefined;
  acceptLossBytes: number;
  reason: string;
}): UserError {
  const [loss, accepted] =
    lostBytes === undefined
      ? [
          `an unknown number of bytes of WAL: the data of ${old.name} or of ${chosen.name} does not tell where its WAL ends`,
          'Infinity',
        ]
      : [
          `${lostBytes} bytes of WAL that only ${old.name} has, and ${acceptLossBytes} are accepted`,
          lostBytes,
        ];
  return new UserError('failover-refused', `A failover to ${chosen.name} would lose ${loss}. ${reason}`, {
    hint: `startCluster starts ${old.name} again, with all of it. Or fail over with acceptLossBytes: ${accepted}; the data of ${old.name} is kept aside then.`,
  });
}
