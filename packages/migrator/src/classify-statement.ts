import type { Node, RangeVar } from 'libpg-query';
import { qualifiedName } from './identifiers.ts';

/** What an interrupted attempt of a statement can leave behind, with names quoted for SQL. */
export type Leftover =
  | { kind: 'create-index'; table: string; index: string }
  | { kind: 'drop-index'; index: string }
  | { kind: 'reindex'; relation: string }
  | { kind: 'detach-partition'; parent: string; partition: string };

/** What the runner must know about a statement. */
export interface StatementTraits {
  /** The command that PostgreSQL refuses inside a transaction block, such as `CREATE INDEX CONCURRENTLY`. */
  nonTransactional?: string;
  /** It takes no lock that stops reads or writes: it may wait for old transactions as long as it needs. */
  waitsHarmlessly?: boolean;
  leftover?: Leftover;
  /** The statement starts or ends a transaction. */
  transactionControl?: boolean;
  /** It changes a setting of the session, which a resumed run must set again. */
  sessionSetting?: boolean;
  /** It can hold a password. */
  secret?: boolean;
  /** The statement makes an index concurrently and gives it no name. */
  unnamedIndex?: boolean;
}

/**
 * Reads from the parse tree how a statement must be run.
 *
 * The commands that cannot run in a transaction are the callers of `PreventInTransactionBlock` in PostgreSQL 18, as
 * far as the parse tree shows them: for a partitioned table, REINDEX and CLUSTER are refused by the server alone.
 */
export function classifyStatement(node: Node): StatementTraits {
  if ('IndexStmt' in node && node.IndexStmt.concurrent) {
    const { idxname: index, relation } = node.IndexStmt;
    const traits = { nonTransactional: 'CREATE INDEX CONCURRENTLY', waitsHarmlessly: true };
    if (!index || !relation) return { ...traits, unnamedIndex: true };
    return { ...traits, leftover: { kind: 'create-index', table: relationName(relation), index } };
  }
  if ('DropStmt' in node && node.DropStmt.concurrent) {
    const index = qualifiedName(stringsOf(node.DropStmt.objects?.[0]));
    return {
      nonTransactional: 'DROP INDEX CONCURRENTLY',
      waitsHarmlessly: true,
      leftover: { kind: 'drop-index', index },
    };
  }
  if ('ReindexStmt' in node) {
    const { kind, relation, params } = node.ReindexStmt;
    const concurrent = hasOption(params, 'concurrently');
    const one = kind === 'REINDEX_OBJECT_INDEX' || kind === 'REINDEX_OBJECT_TABLE';
    if (!concurrent) return one ? {} : { nonTransactional: 'REINDEX of a schema or database' };
    const traits = { nonTransactional: 'REINDEX CONCURRENTLY', waitsHarmlessly: true };
    return relation ? { ...traits, leftover: { kind: 'reindex', relation: relationName(relation) } } : traits;
  }
  if ('AlterTableStmt' in node) {
    const { relation, cmds = [] } = node.AlterTableStmt;
    for (const cmd of cmds) {
      if (!('AlterTableCmd' in cmd) || cmd.AlterTableCmd.subtype !== 'AT_DetachPartition') continue;
      const { def } = cmd.AlterTableCmd;
      if (!relation || !def || !('PartitionCmd' in def)) continue;
      const { name, concurrent } = def.PartitionCmd;
      if (!concurrent || !name) continue;
      return {
        nonTransactional: 'DETACH PARTITION CONCURRENTLY',
        leftover: { kind: 'detach-partition', parent: relationName(relation), partition: relationName(name) },
      };
    }
    return {};
  }
  if ('TransactionStmt' in node) {
    const inside = ['TRANS_STMT_SAVEPOINT', 'TRANS_STMT_RELEASE', 'TRANS_STMT_ROLLBACK_TO'];
    return { transactionControl: !inside.includes(node.TransactionStmt.kind ?? '') };
  }
  if ('VacuumStmt' in node) {
    if (!node.VacuumStmt.is_vacuumcmd) return {};
    const full = hasOption(node.VacuumStmt.options, 'full');
    return { nonTransactional: 'VACUUM', ...(!full && { waitsHarmlessly: true }) };
  }
  if ('DiscardStmt' in node) {
    return node.DiscardStmt.target === 'DISCARD_ALL' ? { nonTransactional: 'DISCARD ALL' } : {};
  }
  if ('AlterDatabaseStmt' in node) {
    const moves = hasOption(node.AlterDatabaseStmt.options, 'tablespace');
    return moves ? { nonTransactional: 'ALTER DATABASE SET TABLESPACE' } : {};
  }
  if ('VariableSetStmt' in node) return { sessionSetting: !node.VariableSetStmt.is_local };
  if ('ClusterStmt' in node) {
    return node.ClusterStmt.relation ? {} : { nonTransactional: 'CLUSTER of all tables' };
  }
  return classifyByKind(Object.keys(node)[0] ?? '');
}

const commandsOutsideTransactions: Record<string, string> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  AlterSystemStmt: 'ALTER SYSTEM',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  CreateSubscriptionStmt: 'CREATE SUBSCRIPTION',
  DropSubscriptionStmt: 'DROP SUBSCRIPTION',
};

const kindsWithSecrets = [
  'CreateRoleStmt',
  'AlterRoleStmt',
  'CreateUserMappingStmt',
  'AlterUserMappingStmt',
  'CreateForeignServerStmt',
  'AlterForeignServerStmt',
  'CreateSubscriptionStmt',
  'AlterSubscriptionStmt',
];

function classifyByKind(kind: string): StatementTraits {
  const nonTransactional = commandsOutsideTransactions[kind];
  const secret = kindsWithSecrets.includes(kind);
  return { ...(nonTransactional && { nonTransactional }), ...(secret && { secret }) };
}

function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some((option) => 'DefElem' in option && option.DefElem.defname === name);
}

function relationName({ schemaname, relname }: RangeVar): string {
  return qualifiedName(schemaname ? [schemaname, relname ?? ''] : [relname ?? '']);
}

function stringsOf(node: Node | undefined): string[] {
  if (!node || !('List' in node)) return [];
  return (node.List.items ?? []).flatMap((item) => ('String' in item ? [item.String.sval ?? ''] : []));
}
