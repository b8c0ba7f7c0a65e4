import { isConnectionFailure } from './connection-error.ts';
import { nodeOf, nodesOf } from './lint/nodes.ts';
import { isLockFailure } from './locks/lock-failure.ts';
import type { PlannedStatement } from './plan-migration.ts';
import type { WorkSession } from './work-session.ts';

/** Statements that change the catalog alone. */
const quickKinds = new Set([
  'CreateFunctionStmt',
  'CreateTrigStmt',
  'CommentStmt',
  'GrantStmt',
  'AlterDefaultPrivilegesStmt',
  'CreateEnumStmt',
  'CreateSeqStmt',
  'RenameStmt',
  'DropStmt',
  'AlterOwnerStmt',
]);

/** Commands of ALTER TABLE that read no rows; a new column can, but then it is what the migration is about. */
const quickCommands = new Set([
  'AT_AddColumn',
  'AT_DropColumn',
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_DropConstraint',
  'AT_SetStatistics',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_EnableTrig',
  'AT_DisableTrig',
]);

/**
 * The statements of a migration in the groups in which they are sent: neighbours that change the catalog alone go in one
 * message, so that the locks of a migration are not held for a round trip of each.
 */
export function groupsOf(statements: readonly PlannedStatement[]): PlannedStatement[][] {
  const groups: PlannedStatement[][] = [];
  let isOpen = false;
  for (const statement of statements) {
    const quick = isQuick(statement);
    if (quick && isOpen) groups.at(-1)?.push(statement);
    else groups.push([statement]);
    isOpen = quick;
  }
  return groups;
}

function isQuick({ node, secret, nonTransactional }: PlannedStatement): boolean {
  if (secret === true || nonTransactional !== undefined) return false;
  const table = nodeOf(node, 'CreateStmt');
  // What exists already is compared with the statement.
  if (table !== undefined) return table.if_not_exists !== true;
  const alter = nodeOf(node, 'AlterTableStmt');
  if (alter === undefined) return Object.keys(node).some((kind) => quickKinds.has(kind));
  return nodesOf(alter.cmds, 'AlterTableCmd').every(({ subtype, def, missing_ok: isConditional }) => {
    if (isConditional === true) return false;
    if (subtype === 'AT_AddConstraint') return nodeOf(def, 'Constraint')?.skip_validation === true;
    return subtype !== undefined && quickCommands.has(subtype);
  });
}

/** What is sent for a group of several statements. */
export function messageOf(group: readonly PlannedStatement[]): string {
  // A statement can end with a remark.
  const texts = group.map(({ sql }) => `${sql}\n;`);
  return `savepoint dms_together; ${texts.join('\n')} release savepoint dms_together`;
}

/**
 * Runs a group of {@link groupsOf} within a transaction, in one message. If one of them fails, they are run again one by
 * one, so that the failure is that of a statement.
 *
 * @param done called after each statement, or at the end for all of them
 */
export async function executeTogether(
  session: WorkSession,
  group: readonly PlannedStatement[],
  done: (count: number) => void,
): Promise<void> {
  try {
    await session.execute(messageOf(group));
    return done(group.length);
  } catch (error) {
    if (isLockFailure(error) || isConnectionFailure(error) || session.isAborted) throw error;
  }
  await session.query('rollback to savepoint dms_together');
  for (const { sql } of group) {
    await session.execute(sql);
    done(1);
  }
}
