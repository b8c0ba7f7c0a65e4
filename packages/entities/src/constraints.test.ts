import { expect, test } from 'vitest';
import { constraintCases } from '../test/constraint-cases.ts';
import { refusal } from '../test/refusal.ts';
import { useShopClient } from '../test/shop-client.ts';

const shop = useShopClient();

for (const [constraint, statements] of Object.entries(constraintCases)) {
  test.each(statements)(`${constraint} refuses %s`, async (sql) => {
    expect(await refusal(shop.client, sql)).toBe(constraint);
  });
}

test('every CHECK, exclusion and unique constraint has a case', async () => {
  const { rows } = await shop.client.query<{ name: string }>(`
    select conname as name from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('c', 'x') and conrelid <> 'migration_ledger'::regclass
    union
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where i.indisunique and not i.indisprimary and c.relnamespace = 'public'::regnamespace
      and i.indrelid <> 'migration_ledger'::regclass
    order by name`);
  expect(rows.map((row) => row.name).filter((name) => !Object.hasOwn(constraintCases, name))).toEqual([
    // Targets of foreign keys of two columns; the primary keys make them unique.
    'product_variant_product_id_id_unique',
    'sales_order_id_currency_code_unique',
  ]);
});

test('every foreign key has an index that begins with its columns, or says why not', async () => {
  const { rows } = await shop.client.query<{ conname: string }>(`
    select conname from pg_constraint k
    where contype = 'f' and connamespace = 'public'::regnamespace
      and coalesce(obj_description(k.oid, 'pg_constraint'), '') !~ '^No index: .*[.]$' and not exists (
      select from pg_index i
      where i.indrelid = k.conrelid
        -- Of rows without a value nothing is looked up.
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = (
          select format('(%I IS NOT NULL)', attname) from pg_attribute where attrelid = conrelid and attnum = conkey[1]))
        and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`);
  expect(rows).toEqual([]);
});
