import type { DropStmt, Node } from 'libpg-query';
import { type Context, relationSql, tableChanges } from '../context.ts';
import { nodeOf, nodesBelow, nodesOf, rangeVarOf, stringsOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { quoted } from '../sql-text.ts';

const dropWhy =
  'Data is gone for good, and the previous release, which still runs, fails. Drop it a release after the code that used it is gone, and say so beside the statement.';

/** Rules of statements after which data is gone. */
export const dataLossRules: Rule[] = [
  {
    code: 'drop-table',
    kind: 'data loss',
    severity: 'error',
    why: dropWhy,
    *check({ node, model }) {
      const drop = nodeOf(node, 'DropStmt');
      if (!drop || !['OBJECT_TABLE', 'OBJECT_FOREIGN_TABLE'].includes(drop.removeType ?? '')) return;
      const used = relationsOf(drop).filter((relation) => !model.isNew(relation));
      if (used.length > 0) yield { message: `Drops the table ${used.map(relationSql).join(', ')}.` };
    },
  },
  {
    code: 'drop-column',
    kind: 'data loss',
    severity: 'error',
    why: dropWhy,
    *check(context) {
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const { name: column = '' } = command;
        if (subtype !== 'AT_DropColumn') continue;
        if (context.model.isOfThisRun(table?.columns.get(column)?.createdIn)) continue;
        yield { message: `Drops the column ${name}.${quoted(column)}.` };
      }
    },
  },
  {
    code: 'drop-schema',
    kind: 'data loss',
    severity: 'error',
    why: dropWhy,
    *check({ node }) {
      const drop = nodeOf(node, 'DropStmt');
      if (drop?.removeType === 'OBJECT_SCHEMA') {
        yield { message: `Drops the schema ${stringsOf(drop.objects).join(', ')}.` };
      }
      const database = nodeOf(node, 'DropdbStmt')?.dbname;
      if (database !== undefined) yield { message: `Drops the database ${database}.` };
      if ('DropOwnedStmt' in node) yield { message: 'Drops all that a role owns, and its rights.' };
    },
  },
  {
    code: 'drop-cascade',
    kind: 'data loss',
    severity: 'error',
    why: 'CASCADE drops whatever depends on it, in each environment something else, and names nothing of it.',
    *check(context) {
      const drop = nodeOf(context.node, 'DropStmt');
      if (drop?.behavior === 'DROP_CASCADE' && isUsed(drop, context)) {
        yield { message: `Drops what depends on ${namesOf(drop)}, too.`, advice: 'Drop each by its name.' };
      }
      for (const { command, subtype, name, table } of tableChanges(context)) {
        if (command.behavior !== 'DROP_CASCADE') continue;
        if (subtype !== 'AT_DropColumn' && subtype !== 'AT_DropConstraint') continue;
        if (context.model.isOfThisRun(table?.columns.get(command.name ?? '')?.createdIn)) continue;
        yield {
          message: `Drops what depends on ${command.name} of ${name}, too.`,
          advice: 'Drop each by its name.',
        };
      }
    },
  },
  {
    code: 'truncate',
    kind: 'data loss',
    severity: 'error',
    why: 'All rows are gone for good, and it waits for every query of the table, with every later one behind it.',
    *check({ node, model }) {
      const truncate = nodeOf(node, 'TruncateStmt');
      if (truncate === undefined) return;
      const isCascade = truncate.behavior === 'DROP_CASCADE';
      const used = nodesOf(truncate.relations, 'RangeVar').filter((relation) => !model.isNew(relation));
      if (used.length === 0) return;
      const too = isCascade ? ', and every table that refers to it' : '';
      yield { message: `Empties ${used.map(relationSql).join(', ')}${too}.` };
    },
  },
  {
    code: 'whole-table-written',
    kind: 'locks',
    severity: 'error',
    why: 'Each row stays locked until all are written, the table doubles, and replicas fall behind.',
    *check({ node, model }) {
      const write = nodeOf(node, 'UpdateStmt') ?? nodeOf(node, 'DeleteStmt');
      if (write === undefined || !isAlwaysTrue(write.whereClause) || model.isNew(write.relation)) return;
      if (nodesOf(nodeOf(node, 'DeleteStmt')?.usingClause, 'RangeVar').length > 0) return;
      yield {
        message: `${'UpdateStmt' in node ? 'Updates' : 'Deletes'} every row of ${relationSql(write.relation)} at once.`,
        advice: 'Do it in batches, each in a transaction of its own.',
        blocks: model.table(write.relation),
      };
    },
  },
];

/** Whether a condition excludes no row: there is none, or it names no column and calls nothing. */
function isAlwaysTrue(condition: Node | undefined): boolean {
  if (condition === undefined) return true;
  return [...nodesBelow(condition), ...Object.entries(condition)].every(([kind]) =>
    /^(?:A_Const|A_Expr|BoolExpr|TypeCast|TypeName|String|Integer|\d+|[a-z]\w*)$/.test(kind),
  );
}

function relationsOf({ objects }: DropStmt): { schemaname?: string; relname?: string }[] {
  return (objects ?? []).map(rangeVarOf);
}

function namesOf(drop: DropStmt): string {
  if (drop.removeType === 'OBJECT_SCHEMA' || drop.removeType === 'OBJECT_EXTENSION') {
    return stringsOf(drop.objects).join(', ');
  }
  if (drop.removeType === 'OBJECT_FUNCTION' || drop.removeType === 'OBJECT_PROCEDURE') {
    return nodesOf(drop.objects, 'ObjectWithArgs')
      .map(({ objname }) => stringsOf(objname).join('.'))
      .join(', ');
  }
  return relationsOf(drop).map(relationSql).join(', ');
}

function isUsed(drop: DropStmt, { model }: Context): boolean {
  return !(
    drop.removeType === 'OBJECT_TABLE' && relationsOf(drop).every((relation) => model.isNew(relation))
  );
}
