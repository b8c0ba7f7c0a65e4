import { withAdmin } from './admin-client.ts';
import { replayedPosition } from './check-candidates.ts';
import { serverOf, standbysOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { readCommitWaits } from './commit-waits.ts';
import { readPostmaster } from './postmaster-file.ts';
import { endOfWal } from './wal-end.ts';

/** A standby that is about to take over, and where its WAL ends; undefined when that is not known. */
export interface Candidate {
  chosen: ClusterNode;
  end: number | undefined;
}

/** The standby that has most of the old writer's WAL; one whose end is not known comes last. */
export async function mostAdvanced(context: ClusterContext, standbys: ClusterNode[]): Promise<Candidate> {
  const [first, ...others] = await Promise.all(
    standbys.map(async (node) => ({ chosen: node, end: await endOfStandby(context, node) })),
  );
  if (!first) throw new Error('There is no standby to choose from.');
  return others.reduce((best, other) => ((other.end ?? -1) > (best.end ?? -1) ? other : best), first);
}

/** Bytes of WAL that the old writer has after `end`; undefined when that is not known. */
export async function lossOf(
  context: ClusterContext,
  old: ClusterNode,
  end: number | undefined,
): Promise<number | undefined> {
  if (end === undefined) return undefined;
  const { data } = serverOf(context, old);
  // What both have is not read, unless the writer has it no more.
  const oldEnd = await endOfWal(data, end).catch(() => endOfWal(data).catch(() => undefined));
  return oldEnd === undefined ? undefined : Math.max(0, oldEnd - end);
}

/** Why the WAL that is lost may hold commits that were acknowledged, as a sentence; undefined when it holds none. */
export async function whyLossMatters(
  context: ClusterContext,
  old: ClusterNode,
  { chosen, end }: Candidate,
): Promise<string | undefined> {
  const waits = await readCommitWaits(context, old, chosen);
  if (typeof waits === 'string') return waits;
  // Any one of these may have acknowledged a commit.
  for (const name of waits.standbys) {
    if (name === chosen.name) continue;
    const node = standbysOf(context).find((standby) => standby.name === name);
    const other = node && (await endOfStandby(context, node));
    if (other === undefined)
      return `Commits may have waited for ${name} alone, and how much WAL it has cannot be read from its data.`;
    if (end === undefined || other > end)
      return `Commits may have waited for ${name} alone, which has more than ${chosen.name}.`;
  }
  return undefined;
}

/** Where the WAL of a standby ends; undefined when its data does not say. */
async function endOfStandby(context: ClusterContext, node: ClusterNode): Promise<number | undefined> {
  const { data, port } = serverOf(context, node);
  const isRunning = (await readPostmaster(data)) !== undefined;
  // What it has replayed was read before. It may be gone by now, or be another server's port.
  const replayed = isRunning
    ? await withAdmin(port, context.file.superuserPassword, replayedPosition).catch(() => undefined)
    : undefined;
  return await endOfWal(data, replayed).catch(() => endOfWal(data).catch(() => undefined));
}
