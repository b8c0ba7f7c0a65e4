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
import { runOperation, type Operation, type OperationOptions } from './operation.ts';
import { readPostmaster } from './postmaster-file.ts';
import { reconcile, type RejoinFailure } from './reconcile.ts';
import { startServer } from './server.ts';
import { stopServer } from './stop-server.ts';
import { endOfWal } from './wal-end.ts';

export interface FailoverOptions extends OperationOptions {
  /**
   * How many bytes of the old writer's WAL may be lost, where commits do not wait for a standby. Default: 0. `Infinity`
   * accepts any loss, also one that cannot be determined.
   */
  acceptLossBytes?: number | undefined;
}

export interface FailoverResult {
  /** Name of the old writer. */
  from: string;
  /** Name of the new writer. */
  to: string;
  /**
   * Bytes of WAL that the old writer had and the new one has not, where they may hold acknowledged commits; undefined
   * when it could not be determined.
   */
  lostBytes: number | undefined;
  /** Where the old writer's data is kept, when anything was lost; its path is absolute. */
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
  const { chosen, lostBytes } = await choose(context, old, candidates, sound);
  if (lostBytes === undefined ? acceptLossBytes !== Infinity : lostBytes > acceptLossBytes) {
    // Not by the operation, which would stop it again.
    if (isServing) await startServer(serverOf(context, old));
    throw lossNotAccepted(old, chosen, lostBytes, acceptLossBytes);
  }
  const keepAs = lostBytes === 0 ? undefined : keptName(old);
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

/** The most advanced of the sound standbys, and what is lost with it. */
async function choose(
  context: ClusterContext,
  old: ClusterNode,
  candidates: ClusterNode[],
  sound: ClusterNode[],
): Promise<{ chosen: ClusterNode; lostBytes: number | undefined }> {
  const [only] = sound;
  // Commits have waited for this one. Reading its WAL would take time in which there is no writer.
  if (only && context.file.synchronous && candidates.length === 1) return { chosen: only, lostBytes: 0 };
  const ends = new Map<string, number | undefined>();
  for (const { name } of [old, ...candidates]) ends.set(name, await endOfNode(context, name));
  const chosen = mostAdvanced(sound, ends);
  return { chosen, lostBytes: lossOf(context, old, candidates, chosen, ends) };
}

/** Where the WAL of a node ends; undefined when its data does not tell. */
async function endOfNode({ root }: ClusterContext, name: string): Promise<number | undefined> {
  return await endOfWal(join(root, name)).catch(() => undefined);
}

function mostAdvanced(nodes: ClusterNode[], ends: ReadonlyMap<string, number | undefined>): ClusterNode {
  const endOf = ({ name }: ClusterNode) => ends.get(name) ?? -1;
  return nodes.reduce((best, node) => (endOf(node) > endOf(best) ? node : best));
}

/**
 * Bytes of WAL that may hold acknowledged commits and that the chosen standby has not; undefined when that cannot be
 * told. Where commits wait for one of the standbys, the most advanced of them has every acknowledged one.
 */
function lossOf(
  { file }: ClusterContext,
  old: ClusterNode,
  standbys: ClusterNode[],
  chosen: ClusterNode,
  ends: ReadonlyMap<string, number | undefined>,
): number | undefined {
  const end = ends.get(chosen.name);
  const hasAll = standbys.every(({ name }) => {
    const other = ends.get(name);
    return name === chosen.name || (end !== undefined && other !== undefined && other <= end);
  });
  if (file.synchronous && hasAll) return 0;
  const oldEnd = ends.get(old.name);
  return end === undefined || oldEnd === undefined ? undefined : Math.max(0, oldEnd - end);
}

function lossNotAccepted(
  old: ClusterNode,
  chosen: ClusterNode,
  lostBytes: number | undefined,
  acceptLossBytes: number,
): UserError {
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
  return new UserError('failover-refused', `A failover to ${chosen.name} would lose ${loss}.`, {
    hint: `startCluster starts ${old.name} again, with all of it. Or fail over with acceptLossBytes: ${accepted}; the data of ${old.name} is kept aside then.`,
  });
}

/** A folder's name that no other call deletes but the removal of the cluster. */
function keptName({ name }: ClusterNode): string {
  return `${name}.kept-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
}
