import type {
  AlterTableStmt,
  CopyStmt,
  DefElem,
  DropStmt,
  IndexStmt,
  Node,
  ReindexStmt,
  TransactionStmt,
  VacuumStmt,
} from 'libpg-query';
import { namePartsOf, qualifiedName, relationName } from './identifiers.ts';

/** What an interrupted attempt of a statement can leave behind, with names quoted for SQL. */
export type Leftover =
  | { kind: 'create-index'; table: string; index: string }
  | { kind: 'drop-index'; index: string }
  | { kind: 'reindex'; relation: string }
  | { kind: 'detach-partition'; parent: string; partition: string };

/** How to run a statement that PostgreSQL refuses inside a transaction block. */
export interface NonTransactional {
  /** The command, such as `CREATE INDEX CONCURRENTLY`. */
  command: string;
  /** It takes no lock that stops reads or writes, so it may wait for old transactions as long as it needs. */
  waitsHarmlessly?: boolean;
  leftover?: Leftover;
}

/** How a statement must be run. */
export interface StatementTraits {
  /** Set when PostgreSQL refuses the statement inside a transaction block. */
  nonTransactional?: NonTransactional;
  /** Why the migrator does not run the statement, and what to do instead. */
  refusal?: string;
  /** It is a block or a procedure that can commit by itself: outside a transaction, which commits it then. */
  mayCommit?: boolean;
  /** It changes a setting of the session, which a resumed run must set again. */
  sessionSetting?: boolean;
  /** Its text can hold a password. */
  secret?: boolean;
}

/**
 * Reads from the parse tree how a statement must be run.
 *
 * The commands that cannot run in a transaction are the callers of `PreventInTransactionBlock` in PostgreSQL 18, as
 * far as the parse tree shows them: for a partitioned table, REINDEX and CLUSTER are refused by the server alone.
 */
export function classifyStatement(node: Node): StatementTraits {
  // A node is an object with one key, its kind.
  const [[kind, statement] = []] = Object.entries(node);
  const traitsOf = traitsByKind[kind as NodeKind] as ((statement: unknown) => StatementTraits) | undefined;
  return traitsOf?.(statement) ?? {};
}

type KeyOf<T> = T extends unknown ? keyof T : never;
type NodeKind = KeyOf<Node>;
type StatementOf<Kind extends NodeKind> =
  Extract<Node, Record<Kind, unknown>> extends Record<Kind, infer Statement> ? Statement : never;

/** Statements of all other kinds have no trait. */
const traitsByKind: { [Kind in NodeKind]?: (statement: StatementOf<Kind>) => StatementTraits } = {
  IndexStmt: createIndex,
  DropStmt: drop,
  ReindexStmt: reindex,
  AlterTableStmt: alterTable,
  VacuumStmt: vacuum,
  ClusterStmt: ({ relation }) => (relation ? {} : outside('CLUSTER of all tables')),

  CopyStmt: copy,

  CreatedbStmt: () => outside('CREATE DATABASE'),
  DropdbStmt: () => outside('DROP DATABASE'),
  AlterDatabaseStmt: ({ options }) =>
    findOption(options, 'tablespace') ? outside('ALTER DATABASE SET TABLESPACE') : {},
  CreateTableSpaceStmt: () => outside('CREATE TABLESPACE'),
  DropTableSpaceStmt: () => outside('DROP TABLESPACE'),
  AlterSystemStmt: () => outside('ALTER SYSTEM'),
  DiscardStmt: ({ target }) => (target === 'DISCARD_ALL' ? outside('DISCARD ALL') : {}),

  CreateSubscriptionStmt: () => ({ ...outside('CREATE SUBSCRIPTION'), secret: true }),
  AlterSubscriptionStmt: () => ({ secret: true }),
  DropSubscriptionStmt: () => outside('DROP SUBSCRIPTION'),
  CreateForeignServerStmt: () => ({ secret: true }),
  AlterForeignServerStmt: () => ({ secret: true }),
  CreateUserMappingStmt: () => ({ secret: true }),
  AlterUserMappingStmt: () => ({ secret: true }),
  CreateRoleStmt: () => ({ secret: true }),
  AlterRoleStmt: () => ({ secret: true }),

  CallStmt: () => ({ mayCommit: true }),
  DoStmt: ({ args }) => (commits.test(JSON.stringify(args)) ? { mayCommit: true } : {}),
  TransactionStmt: transaction,
  VariableSetStmt: ({ is_local }) => ({ sessionSetting: is_local !== true }),
};

/** Of the text of a block: a word in a comment only costs its record in the ledger the same transaction. */
const commits = /\b(?:commit|rollback|call)\b/i;

function createIndex({ concurrent, idxname: index, relation }: IndexStmt): StatementTraits {
  if (!concurrent) return {};
  if (!index) return { refusal: 'name the index, so that a failed attempt can be found' };
  return outside('CREATE INDEX CONCURRENTLY', {
    waitsHarmlessly: true,
    leftover: { kind: 'create-index', table: relationName(relation), index },
  });
}

function drop({ concurrent, objects }: DropStmt): StatementTraits {
  if (!concurrent) return {};
  return outside('DROP INDEX CONCURRENTLY', {
    waitsHarmlessly: true,
    leftover: { kind: 'drop-index', index: qualifiedName(namePartsOf(objects?.[0])) },
  });
}

/** A schema, the database and the system catalogs have no `relation`. */
function reindex({ relation, params }: ReindexStmt): StatementTraits {
  if (!isOn(params, 'concurrently')) return relation ? {} : outside('REINDEX of a schema or database');
  return outside('REINDEX CONCURRENTLY', {
    waitsHarmlessly: true,
    leftover: relation && { kind: 'reindex', relation: relationName(relation) },
  });
}

function alterTable({ relation, cmds: [command] = [] }: AlterTableStmt): StatementTraits {
  // PostgreSQL takes the detachment of a partition as the only command.
  const change = command && 'AlterTableCmd' in command ? command.AlterTableCmd.def : undefined;
  if (change === undefined || !('PartitionCmd' in change) || !change.PartitionCmd.concurrent) return {};
  const partition = relationName(change.PartitionCmd.name);
  return outside('DETACH PARTITION CONCURRENTLY', {
    leftover: { kind: 'detach-partition', parent: relationName(relation), partition },
  });
}

/** ANALYZE is of this kind too. */
function vacuum({ is_vacuumcmd, options }: VacuumStmt): StatementTraits {
  return is_vacuumcmd ? outside('VACUUM', { waitsHarmlessly: !isOn(options, 'full') }) : {};
}

/** A file or program of the server has a name; STDIN and STDOUT have none. */
function copy({ filename, is_from }: CopyStmt): StatementTraits {
  if (filename) return {};
  const remedy = is_from
    ? 'write INSERT statements, or load the rows with psql'
    : 'a migration has no place for the rows that it returns';
  return {
    refusal: `COPY ${is_from ? 'FROM STDIN' : 'TO STDOUT'} moves rows to or from the client: ${remedy}`,
  };
}

const savepointKinds = ['TRANS_STMT_SAVEPOINT', 'TRANS_STMT_RELEASE', 'TRANS_STMT_ROLLBACK_TO'];

function transaction({ kind = 'TRANS_STMT_BEGIN' }: TransactionStmt): StatementTraits {
  return savepointKinds.includes(kind) ? {} : { refusal: 'the migrator itself begins and ends transactions' };
}

function outside(command: string, more: Omit<NonTransactional, 'command'> = {}): StatementTraits {
  return { nonTransactional: { command, ...more } };
}

function findOption(options: readonly Node[] | undefined, name: string): DefElem | undefined {
  return (options ?? [])
    .flatMap((option) => ('DefElem' in option ? [option.DefElem] : []))
    .find(({ defname }) => defname === name);
}

/** Whether a boolean option is given, and not as `off`, `false` or `0`. */
export function isOn(options: readonly Node[] | undefined, name: string): boolean {
  const option = findOption(options, name);
  if (option === undefined) return false;
  const { arg } = option;
  if (arg === undefined) return true;
  if ('Integer' in arg) return (arg.Integer.ival ?? 0) !== 0;
  return !('String' in arg && /^(off|false)$/i.test(arg.String.sval ?? ''));
}
