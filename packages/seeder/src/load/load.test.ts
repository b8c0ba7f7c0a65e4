import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { expect, test } from 'vitest';
import { query } from '../../test/query.ts';
import { digest } from '../digest.ts';
import { definePlan } from '../plan.ts';
import { seed } from '../seed.ts';

const plan = definePlan({
  name: 'shards',
  version: 1,
  tables: { parent: ['id', 'name'], child: ['parent_id', 'line', 'amount'] },
  prepare: async (_client, random) => random,
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

test.each([1, 4, 7])('these rows never change, with %i connections either', async (connections) => {
  const { url, drop } = await createTestDatabase();
  await query(
    url,
    'create table parent (id uuid, name text); create table child (parent_id int, line int, amount int)',
  );
  await seed({ url, plan, seed: 1, connections });
  const { tables } = await digest({ url, tables: plan.tables });
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
  await drop();
});
