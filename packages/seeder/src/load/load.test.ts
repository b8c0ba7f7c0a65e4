import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { expect, test } from 'vitest';
import { readPlannedTables } from '../catalog/planned-table.ts';
import { withConnections } from '../connection.ts';
import { digest } from '../digest.ts';
import { definePlan, randomOf } from '../plan.ts';
import { query } from '../../test/query.ts';
import { load } from './load.ts';

const plan = definePlan({
  name: 'shards',
  version: 1,
  tables: { parent: ['id', 'name'], child: ['parent_id', 'line', 'amount'] },
  prepare: async () => randomOf({ name: 'shards', version: 1 }, 1),
  families: [
    {
      name: 'parent',
      count: () => 10_007,
      generate(index, emit, random) {
        const draw = random.draw('parent', index);
        emit.parent({ id: draw.uuid7(index), name: `p${index}` });
        for (let line = draw.int(0, 3); line > 0; line--)
          emit.child({ parent_id: index, line, amount: draw.int(1, 99) });
      },
    },
    {
      name: 'single',
      count: () => 1,
      generate: (_, emit) => emit.child({ parent_id: -1, line: 0, amount: 0 }),
    },
  ],
});

test.each([1, 4, 7])('%i shards load the rows of one', async (count) => {
  const database = await createTestDatabase();
  await query(
    database.url,
    'CREATE TABLE parent (id uuid, name text); CREATE TABLE child (parent_id int, line int, amount int)',
  );
  await withConnections(database.url, 2, async (clients) => {
    const [first] = clients;
    if (first === undefined) return;
    const tables = await readPlannedTables(first, plan.tables);
    const context = randomOf({ name: 'shards', version: 1 }, 1);
    for (let index = count - 1; index >= 0; index--) {
      const hooks = { onTransactions: async () => {}, onRows: () => {} };
      await load(clients, tables, { families: plan.families, context, shard: { index, count } }, hooks);
    }
  });
  const { tables } = await digest({ url: database.url, tables: plan.tables });
  expect(tables).toMatchInlineSnapshot(`
    {
      "child": {
        "digest": "-117605045034822109407",
        "rows": 15131,
      },
      "parent": {
        "digest": "-377345387977069358006",
        "rows": 10007,
      },
    }
  `);
  await database.drop();
});
