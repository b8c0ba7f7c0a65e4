import type { AlterTableCmd, Node, RangeVar } from 'libpg-query';
import { nodeOf, nodesOf, rangeVarOf } from './nodes.ts';

/** Commands whose lock lets others read and write. */
const weakCommands = new Set<AlterTableCmd['subtype']>([
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_AttachPartition',
  'AT_ClusterOn',
  'AT_DropCluster',
]);

/** The tables on which a statement takes a lock that others wait for to write, or to read. */
export function strongLocks(node: Node): RangeVar[] {
  const alter = nodeOf(node, 'AlterTableStmt');
  if (
    alter?.relation &&
    nodesOf(alter.cmds, 'AlterTableCmd').some(({ subtype }) => !weakCommands.has(subtype))
  ) {
    return [alter.relation];
  }
  const trigger = nodeOf(node, 'CreateTrigStmt')?.relation;
  if (trigger) return [trigger];
  const index = nodeOf(node, 'IndexStmt');
  if (index?.relation && !index.concurrent) return [index.relation];
  const rename = nodeOf(node, 'RenameStmt');
  if (rename?.relation && ['OBJECT_TABLE', 'OBJECT_COLUMN'].includes(rename.renameType ?? ''))
    return [rename.relation];
  const drop = nodeOf(node, 'DropStmt');
  if (drop?.removeType === 'OBJECT_TABLE') return (drop.objects ?? []).map(rangeVarOf);
  const lock = nodeOf(node, 'LockStmt');
  if (lock && (lock.mode ?? 8) >= 5) return nodesOf(lock.relations, 'RangeVar');
  return nodesOf(nodeOf(node, 'TruncateStmt')?.relations, 'RangeVar');
}
