import { classifyStatement } from '../../classify-statement.ts';
import { enumValueUsedLater } from '../../enum-values.ts';
import { type Context, relationSql, tableChanges } from '../context.ts';
import { nodeOf, nodesOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import type { TableModel } from '../schema-model.ts';
import { quoted } from '../sql-text.ts';
import { strongLocks } from '../strong-locks.ts';

const apart = 'In a migration of its own, or one whose isTransactional() returns false.';

/** Rules of what one transaction should not hold together. */
export const transactionRules: Rule[] = [
  {
    code: 'outside-transaction-only',
    kind: 'transactions',
    severity: 'error',
    why: 'PostgreSQL refuses it inside of a transaction.',
    *check({ node, migration, sql }) {
      const { nonTransactional } = classifyStatement(node);
      if (nonTransactional === undefined || !migration.transactional) return;
      yield {
        message: `Runs ${nonTransactional.command} in a transaction.`,
        rewrite: { statements: [sql], note: apart },
      };
    },
  },
  {
    code: 'transaction-control',
    kind: 'transactions',
    severity: 'error',
    why: 'The migrator itself begins and ends transactions: what was done and what is recorded would differ.',
    *check({ node, sql }) {
      if (classifyStatement(node).refusal === undefined || !('TransactionStmt' in node)) return;
      yield { message: `Controls the transaction: ${sql}.`, advice: 'Leave it out.' };
    },
  },
  {
    code: 'validated-in-transaction',
    kind: 'transactions',
    severity: 'error',
    why: 'The lock of the statement that added the constraint is held while all rows are checked: NOT VALID has saved nothing.',
    *check(context) {
      const { migration, sql, model } = context;
      if (!migration.transactional) return;
      for (const { command, subtype, name, table, alter } of tableChanges(context)) {
        if (subtype !== 'AT_ValidateConstraint') continue;
        const isAddedHere =
          table?.constraints.get(command.name ?? '')?.addedBy === migration.name ||
          tableChanges({ node: context.node, model }).some(
            (each) => nodeOf(each.command.def, 'Constraint')?.conname === command.name,
          );
        if (!isAddedHere || alter.relation === undefined) continue;
        yield {
          message: `Validates ${quoted(command.name ?? '')} of ${name} in the transaction that added it.`,
          blocks: table,
          rewrite: { statements: [sql], note: apart },
        };
      }
    },
  },
  {
    code: 'lock-held',
    kind: 'transactions',
    severity: 'error',
    why: 'An earlier statement of the transaction holds a lock that stops the queries of others, until the end of the transaction.',
    *check(context) {
      const { node, model, migration, earlier, sql } = context;
      if (!migration.transactional) return;
      const work = longWork(context);
      if (work === undefined) return;
      const locked = new Set(
        earlier
          .flatMap((each) => strongLocks(each.node))
          .filter((relation) => !model.isNew(relation))
          .map(relationSql),
      );
      const [first] = locked;
      if (first === undefined || 'AlterTableStmt' in node) return;
      yield {
        message: `${work} while the transaction holds a lock on ${[...locked].join(', ')}.`,
        ...(locked.size === 1 && { blocks: model.table({ relname: first }) }),
        rewrite: { statements: [sql], note: apart },
      };
    },
  },
  {
    code: 'enum-value-in-transaction',
    kind: 'transactions',
    severity: 'error',
    why: 'PostgreSQL lets nobody use a new value of an enum before it is committed.',
    *check({ node, migration, sql, later, model }) {
      const alter = nodeOf(node, 'AlterEnumStmt');
      if (alter === undefined || !migration.transactional) return;
      const names = nodesOf(alter.typeName, 'String').map(({ sval = '' }) => sval);
      const [relname = '', schemaname] = names.toReversed();
      const key = model.keyOf({ relname, ...(schemaname !== undefined && { schemaname }) });
      if (model.types.has(key) && model.isOfThisRun(model.types.get(key))) return;
      const value = enumValueUsedLater([{ node, sql }, ...later]);
      if (value === undefined) return;
      yield {
        message: `Adds the value '${value}', which a later statement of the transaction uses.`,
        rewrite: { statements: [sql], note: apart },
      };
    },
  },
  {
    code: 'lock-table',
    kind: 'locks',
    severity: 'error',
    why: 'It stops the queries of others until the end of the transaction.',
    *check({ node, model }) {
      const lock = nodeOf(node, 'LockStmt');
      // ROW EXCLUSIVE is what every write takes; from SHARE on, writes of others wait.
      if (lock === undefined || (lock.mode ?? 8) < 5) return;
      const used = nodesOf(lock.relations, 'RangeVar').filter((relation) => !model.isNew(relation));
      if (used.length > 0) yield { message: `Locks ${used.map(relationSql).join(', ')}.` };
    },
  },
];

/** What a statement does that can take long, as the begin of a sentence; undefined if it is short. */
function longWork({ node, model }: Context): string | undefined {
  const write = nodeOf(node, 'UpdateStmt') ?? nodeOf(node, 'DeleteStmt');
  const isSmall = (table: TableModel | undefined): boolean => table?.rows === 0;
  if (write && !model.isNew(write.relation) && !isSmall(model.table(write.relation))) {
    return `Writes rows of ${relationSql(write.relation)}`;
  }
  const insert = nodeOf(node, 'InsertStmt');
  const select = nodeOf(insert?.selectStmt, 'SelectStmt');
  const sources = nodesOf(select?.fromClause, 'RangeVar').filter((relation) => !model.isNew(relation));
  if (insert && sources.length > 0 && !sources.every((source) => isSmall(model.table(source)))) {
    return `Copies rows of ${sources.map(relationSql).join(', ')}`;
  }
  return undefined;
}
