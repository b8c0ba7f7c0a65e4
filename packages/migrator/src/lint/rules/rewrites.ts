import { relationSql, tableChanges } from '../context.ts';
import { constraintsOf, nodeOf, nodesOf, typeOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { safeAlterTable } from '../safe-alter-table.ts';
import { isSerial } from '../schema-model.ts';
import { quoted } from '../sql-text.ts';
import { isPlainConversion, keepsRows, typeText } from '../type-change.ts';
import { mayBeVolatile, unknownFunctions } from '../volatility.ts';

const rewriteWhy = 'The table can be neither read nor written while all its rows are written anew.';
const rewriting: Partial<Record<string, string>> = {
  AT_SetLogged: 'makes it logged',
  AT_SetUnLogged: 'makes it unlogged',
  AT_SetTableSpace: 'moves it to another tablespace',
  AT_SetAccessMethod: 'gives it another access method',
  AT_SetExpression: 'changes the expression of a generated column',
};

/** Rules of statements that write all rows of a table anew. */
export const rewriteRules: Rule[] = [
  {
    code: 'volatile-default',
    kind: 'rewrites',
    severity: 'error',
    why: `${rewriteWhy} A default that is the same for all rows spares that.`,
    *check(context) {
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const column = nodeOf(command.def, 'ColumnDef');
        if (subtype !== 'AT_AddColumn' || column === undefined) continue;
        const expression = constraintsOf(column).find(
          ({ contype }) => contype === 'CONSTR_DEFAULT',
        )?.raw_expr;
        if (!mayBeVolatile(expression, context.model) && !isSerial(column)) continue;
        const unknown = unknownFunctions(expression, context.model);
        const doubt =
          unknown.length > 0 && context.model.server.volatility === undefined
            ? `Nobody knows here whether ${unknown.join(', ')}() is volatile: a database would tell.`
            : undefined;
        yield {
          message: `Adds ${name}.${quoted(column.colname ?? '')} with a value of its own for each row.`,
          ...(doubt !== undefined && { advice: doubt }),
          blocks: table,
          rewrite: safeAlterTable(context),
        };
      }
    },
  },
  {
    code: 'identity-added',
    kind: 'rewrites',
    severity: 'error',
    why: rewriteWhy,
    *check(context) {
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const column = nodeOf(command.def, 'ColumnDef');
        if (subtype !== 'AT_AddColumn' || column === undefined) continue;
        if (!constraintsOf(column).some(({ contype }) => contype === 'CONSTR_IDENTITY')) continue;
        yield {
          message: `Adds the identity column ${name}.${quoted(column.colname ?? '')}.`,
          advice:
            'Add the column with a sequence as its default, fill it in batches, make it NOT NULL by way of a check, and then ADD GENERATED AS IDENTITY.',
          blocks: table,
        };
      }
    },
  },
  {
    code: 'stored-column-added',
    kind: 'rewrites',
    severity: 'error',
    why: rewriteWhy,
    *check(context) {
      for (const { command, subtype, name, table } of tableChanges(context)) {
        const column = nodeOf(command.def, 'ColumnDef');
        if (subtype !== 'AT_AddColumn' || column === undefined) continue;
        const isStored = constraintsOf(column).some(
          ({ contype, generated_kind: kind }) => contype === 'CONSTR_GENERATED' && kind !== 'v',
        );
        if (!isStored) continue;
        yield {
          message: `Adds the stored generated column ${name}.${quoted(column.colname ?? '')}.`,
          advice:
            'Add an ordinary column that a trigger fills, and fill the rows in batches; from PostgreSQL 18 on, VIRTUAL writes none.',
          blocks: table,
        };
      }
    },
  },
  {
    code: 'column-type-changed',
    kind: 'rewrites',
    severity: 'error',
    why: `${rewriteWhy} The previous release may not expect the new type.`,
    *check(context) {
      const { model } = context;
      for (const { command, subtype, name, table, alter } of tableChanges(context)) {
        const definition = nodeOf(command.def, 'ColumnDef');
        const { name: column = '' } = command;
        if (subtype !== 'AT_AlterColumnType' || definition === undefined) continue;
        const from = table?.columns.get(column)?.type;
        const to = typeOf(definition.typeName);
        const isKnown = from !== undefined && from.name !== '';
        const { timeZone } = model.server;
        const mayHaveIndex =
          table?.isComplete !== true ||
          [...model.indexes.values()].some(
            ({ table: key, definition: on }) =>
              key === model.keyOf(alter.relation) && (on === undefined || on.includes(`"${column}"`)),
          );
        if (
          isKnown &&
          isPlainConversion(definition, column) &&
          keepsRows({ from, to, timeZone, mayHaveIndex })
        )
          continue;
        yield {
          message: `Changes the type of ${name}.${quoted(column)} ${isKnown ? `from ${typeText(from)} ` : ''}to ${typeText(to)}.`,
          advice: isKnown
            ? 'Add a column of the new type, write both, fill it in batches, and read it in the next release.'
            : 'Its type is not known here: give the database, which tells whether the rows must be written. If so, add a column of the new type, write both, fill it in batches, and read it in the next release.',
          blocks: table,
        };
      }
    },
  },
  {
    code: 'table-rewritten',
    kind: 'rewrites',
    severity: 'error',
    why: rewriteWhy,
    *check(context) {
      for (const { subtype, name, table } of tableChanges(context)) {
        const what = rewriting[subtype ?? ''];
        if (what === undefined) continue;
        yield {
          message: `Writes all of ${name} anew: ${what}.`,
          advice: 'Do it while the table is small or idle, or copy the rows into a new table in batches.',
          blocks: table,
        };
      }
    },
  },
  {
    code: 'vacuum-full',
    kind: 'rewrites',
    severity: 'error',
    why: rewriteWhy,
    *check({ node, model }) {
      const vacuum = nodeOf(node, 'VacuumStmt');
      const full = nodesOf(vacuum?.options, 'DefElem').find(({ defname }) => defname === 'full');
      if (!vacuum?.is_vacuumcmd || full === undefined) return;
      if (/^(off|false)$/i.test(nodeOf(full.arg, 'String')?.sval ?? '')) return;
      const relations = nodesOf(vacuum.rels, 'VacuumRelation').map(({ relation }) => relation);
      if (relations.length > 0 && relations.every((relation) => model.isNew(relation))) return;
      const names = relations.map((relation) => relationSql(relation)).join(', ');
      yield {
        message: `Writes ${names === '' ? 'every table' : names} anew to give back space.`,
        advice: 'VACUUM makes the space usable again without a lock; pg_repack and pg_squeeze give it back.',
        blocks: relations.length === 1 ? model.table(relations[0]) : undefined,
      };
    },
  },
  {
    code: 'cluster',
    kind: 'rewrites',
    severity: 'error',
    why: rewriteWhy,
    *check({ node, model }) {
      const cluster = nodeOf(node, 'ClusterStmt');
      if (cluster === undefined || (cluster.relation && model.isNew(cluster.relation))) return;
      yield {
        message: `Writes ${cluster.relation ? relationSql(cluster.relation) : 'every clustered table'} anew in the order of an index.`,
        advice: 'pg_repack does it without a long lock.',
        blocks: model.table(cluster.relation),
      };
    },
  },
  {
    code: 'refresh-not-concurrent',
    kind: 'locks',
    severity: 'error',
    why: 'The view cannot be read while its query runs.',
    *check({ node, model, text, start, end }) {
      const refresh = nodeOf(node, 'RefreshMatViewStmt');
      if (refresh === undefined || refresh.concurrent || model.isNew(refresh.relation)) return;
      const word = text.tokens(start, end).find((token) => /^view$/i.test(token.text));
      yield {
        message: `Refreshes ${relationSql(refresh.relation)}.`,
        blocks: model.table(refresh.relation),
        ...(refresh.skipData
          ? { advice: 'Without data it cannot be read until it is refreshed.' }
          : {
              rewrite: {
                statements: [
                  `${text.slice(start, word?.end ?? start)} concurrently ${text.slice(word?.end ?? start, end)}`,
                ],
                note: 'It needs a unique index on columns of the view, without a condition.',
              },
            }),
      };
    },
  },
];
