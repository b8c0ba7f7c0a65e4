import type { DropStmt, IndexStmt } from 'libpg-query';
import { type Context, relationSql } from '../context.ts';
import type { Report, Rewrite } from '../finding.ts';
import { nodeOf, nodesOf, rangeVarOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { indexDefinition } from '../schema-model.ts';
import { isComment, madeUpName, quoted } from '../sql-text.ts';

/** Rules of indexes. */
export const indexRules: Rule[] = [
  {
    code: 'index-not-concurrent',
    kind: 'locks',
    severity: 'error',
    why: 'No row of the table can be written while the index is built.',
    *check(context) {
      const index = nodeOf(context.node, 'IndexStmt');
      if (index === undefined || index.concurrent || context.model.isNew(index.relation)) return;
      const table = context.model.table(index.relation);
      if (table?.isPartitioned && index.relation?.inh !== true) return;
      yield {
        message: `Builds the index ${index.idxname ?? '(without a name)'} on ${relationSql(index.relation)}, which is in use.`,
        blocks: table,
        ...(table?.isPartitioned
          ? partitionedIndex(context, index)
          : { rewrite: concurrentIndex(context, index) }),
      };
    },
  },
  {
    code: 'index-drop-not-concurrent',
    kind: 'locks',
    severity: 'error',
    why: 'It waits for every query of the table, and every later query waits behind it.',
    *check({ node, model }) {
      const drop = nodeOf(node, 'DropStmt');
      if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent) return;
      const used = (drop.objects ?? []).map(rangeVarOf).filter((name) => {
        const index = model.index(name);
        return (
          !model.isOfThisRun(index?.createdIn) &&
          !model.isOfThisRun(model.tables.get(index?.table ?? '')?.createdIn)
        );
      });
      if (used.length === 0) return;
      const tables = used.map((name) => model.tables.get(model.index(name)?.table ?? ''));
      const isOnPartitioned = tables.some((table) => table?.isPartitioned);
      yield {
        message: `Drops ${used.map((name) => relationSql(name)).join(', ')} while its table is in use.`,
        blocks: tables.length === 1 ? tables[0] : undefined,
        ...(isOnPartitioned || drop.behavior === 'DROP_CASCADE'
          ? {
              advice:
                'PostgreSQL drops an index of a partitioned table, or one on which others depend, only this way.',
            }
          : { rewrite: { statements: concurrentDrops(drop) } }),
      };
    },
  },
  {
    code: 'reindex-not-concurrent',
    kind: 'locks',
    severity: 'error',
    why: 'The table cannot be written, and the index not be read, while it is built again.',
    *check({ node, sql, model, text, start, end }) {
      const reindex = nodeOf(node, 'ReindexStmt');
      if (reindex === undefined || (reindex.relation && model.isNew(reindex.relation))) return;
      const isConcurrent = nodesOf(reindex.params, 'DefElem').some(
        ({ defname }) => defname === 'concurrently',
      );
      if (isConcurrent || (reindex.relation && model.isOfThisRun(model.index(reindex.relation)?.createdIn)))
        return;
      const target = text
        .tokens(start, end)
        .find(({ text: word }) => /^(index|table|schema|database|system)$/i.test(word));
      if (target === undefined) return;
      const isSystem = /^system$/i.test(target.text);
      yield {
        message: `Builds again: ${sql.replace(/^reindex\s+/i, '')}.`,
        ...(!isSystem && {
          rewrite: {
            statements: [`${text.slice(start, target.end)} concurrently ${text.slice(target.end, end)}`],
          },
        }),
      };
    },
  },
  {
    code: 'concurrent-if-not-exists',
    kind: 'locks',
    severity: 'warning',
    why: 'A build that failed leaves an index of the name that is not valid. IF NOT EXISTS takes it for the one that was wanted.',
    *check({ node, sql }) {
      const index = nodeOf(node, 'IndexStmt');
      if (!index?.concurrent || !index.if_not_exists) return;
      yield {
        message: `Skips the index ${index.idxname ?? ''} if one of that name exists, valid or not.`,
        rewrite: { statements: [sql.replace(/\bif\s+not\s+exists\s+/i, '')] },
      };
    },
  },
  {
    code: 'duplicate-index',
    kind: 'names',
    severity: 'warning',
    why: 'Two indexes on the same are both written and kept in memory, and only one is read.',
    *check({ node, model }) {
      const index = nodeOf(node, 'IndexStmt');
      if (index === undefined) return;
      const { idxname, relation, unique = false, ...rest } = index;
      const key = model.keyOf(relation);
      const definition = indexDefinition({ ...rest, unique });
      const same = [...model.indexes].find(
        ([, each]) => each.table === key && each.definition === definition,
      )?.[0];
      if (same === undefined || same.endsWith(`.${idxname}`)) return;
      yield {
        message: `Builds ${idxname ?? 'an index'}, which is the same as ${same.slice(same.indexOf('.') + 1)}.`,
      };
    },
  },
  {
    code: 'wide-index',
    kind: 'style',
    severity: 'warning',
    isOff: true,
    why: 'More than three columns seldom pay; the first ones narrow the search.',
    *check({ node }) {
      const index = nodeOf(node, 'IndexStmt');
      if (!index || index.unique || (index.indexParams ?? []).length <= 3) return;
      yield { message: `Builds the index ${index.idxname ?? ''} on ${index.indexParams?.length} columns.` };
    },
  },
];

/** The name that PostgreSQL would make up. */
function nameOf({ idxname, relation, indexParams }: IndexStmt): string {
  const columns = nodesOf(indexParams, 'IndexElem').map(({ name }) => name ?? 'expr');
  return idxname ?? madeUpName(relation?.relname ?? '', columns.join('_'), 'idx');
}

function concurrentIndex({ text, start, end }: Context, index: IndexStmt): Rewrite {
  const word = text.tokens(start, end).find((token) => /^index$/i.test(token.text));
  const name = index.idxname === undefined ? ` ${quoted(nameOf(index))}` : '';
  const rest = text.slice(word?.end ?? start, end).replace(/^if\s+not\s+exists\s+/i, '');
  return { statements: [`${text.slice(start, word?.end ?? start)} concurrently${name} ${rest}`] };
}

/** PostgreSQL builds no index of a partitioned table concurrently: each partition has its own, which are then attached. */
function partitionedIndex(context: Context, index: IndexStmt): Pick<Report, 'rewrite' | 'advice'> {
  const { model, text, start, end } = context;
  const partitions = model.table(index.relation)?.partitions ?? [];
  const isDeep = partitions.some((partition) => model.tables.get(partition)?.isPartitioned);
  const tokens = text.tokens(start, end).filter((token) => !isComment(token));
  const at = tokens.findIndex(({ start: place }) => place >= (index.relation?.location ?? start));
  const tableEnd = tokens[at + (index.relation?.schemaname === undefined ? 0 : 2)]?.end ?? end;
  const on = text.slice(tableEnd, end);
  const unique = index.unique ? 'unique ' : '';
  const name = quoted(nameOf(index));
  if (partitions.length === 0 || isDeep) {
    return {
      advice: `Create it ON ONLY the partitioned table, build one on each partition CONCURRENTLY, and attach those with ALTER INDEX ${name} ATTACH PARTITION.`,
    };
  }
  const { schemaname } = index.relation ?? {};
  const qualified = schemaname === undefined ? name : `${quoted(schemaname)}.${name}`;
  const columns = nodesOf(index.indexParams, 'IndexElem').map((each) => each.name ?? 'expr');
  const each = partitions.map((key) => {
    const [schema = '', table = ''] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)];
    const part = schemaname === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
    return { part, schema, index: madeUpName(table, columns.join('_'), 'idx') };
  });
  return {
    rewrite: {
      statements: [
        `create ${unique}index ${name} on only ${relationSql(index.relation)} ${on}`,
        ...each.map(
          ({ part, index: own }) => `create ${unique}index concurrently ${quoted(own)} on ${part} ${on}`,
        ),
        ...each.map(
          ({ index: own, schema }) =>
            `alter index ${qualified} attach partition ${schemaname === undefined ? '' : `${quoted(schema)}.`}${quoted(own)}`,
        ),
      ],
    },
  };
}

function concurrentDrops(drop: DropStmt): string[] {
  const ifExists = drop.missing_ok ? ' if exists' : '';
  return (drop.objects ?? []).map(
    (object) => `drop index concurrently${ifExists} ${relationSql(rangeVarOf(object))}`,
  );
}
