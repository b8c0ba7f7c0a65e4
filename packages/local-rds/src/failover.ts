import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { withAdmin } from './admin-client.ts';
import { checkFollowers, checkSurvivors, type Verdict } from './check-candidates.ts';
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
import { exists } from './exists.ts';
import { keptName } from './kept-data.ts';
import { runOperation, type Operation, type OperationOptions } from './operation.ts';
import { readPostmaster } from './postmaster-file.ts';
import { reconcile, type RejoinFailure } from './reconcile.ts';
import { startServer } from './server.ts';
import { stopServer } from './stop-server.ts';
import { lossOf, mostAdvanced, whyLossMatters } from './wal-loss.ts';

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
  /** Nodes that are not yet standbys of the new writer, and why; `startCluster` tries again. */
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
 * Chooses the new writer, stops the old one, and names the new one in the cluster file, which decides: from then on every
 * call promotes that one and no other. The two swap ports, so that each endpoint keeps its address.
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
  // A writer that serves is stopped only for a standby that has been checked.
  const followers = isServing
    ? requireHealthy(await noted(operation, checkFollowers, candidates), isServing)
    : [];
  operation.onProgress(`Stopping the writer, ${old.name}`);
  await stopServer(serverOf(context, old), writerGraceMs);
  const healthy = isServing
    ? followers
    : requireHealthy(await noted(operation, checkSurvivors, candidates), isServing);
  const { chosen, end } = await mostAdvanced(context, healthy);
  const lostBytes = await lossOf(context, old, end);
  const isAccepted = lostBytes === undefined ? acceptLossBytes === Infinity : lostBytes <= acceptLossBytes;
  const reason = isAccepted ? undefined : await whyLossMatters(context, old, { chosen, end });
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

/** The verdicts of `check`; a standby that is damaged is cloned again by the next `startCluster`. */
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
function requireHealthy(verdicts: Verdict[], isServing: boolean): ClusterNode[] {
  const healthy = verdicts.filter(({ faults }) => faults.length === 0).map(({ node }) => node);
  if (healthy.length > 0) return healthy;
  const reasons = verdicts.flatMap(({ node, faults }) => faults.map((fault) => `${node.name}: ${fault}`));
  throw new UserError(
    'standby-unavailable',
    `No standby can take over; ${isServing ? 'the writer goes on serving' : 'nothing was deleted'}.\n${reasons.join('\n')}`,
    {
      hint: isServing
        ? 'startCluster clones a damaged standby again; then fail over.'
        : 'startCluster starts the writer again, and clones a damaged standby again.',
    },
  );
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
          `an unknown number of bytes of WAL: where the WAL of ${old.name} or of ${chosen.name} ends cannot be read from its data`,
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
