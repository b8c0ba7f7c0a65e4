import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shopTemplate } from '../test/shop-database.ts';
import { ormOptions } from './orm-options.ts';

let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase({ template: shopTemplate });
  orm = await MikroORM.init(ormOptions({ url: database.url }));
});

afterAll(async () => {
  await orm?.close();
  await database?.drop();
});

const diff = () => orm.schema.getUpdateSchemaSQL({ wrap: false });

test('the migrated database is what the metadata says', async () => {
  expect(await diff()).toBe('');
});

test('nothing needs MD5, which a server in FIPS mode does not have', async () => {
  const uses = await orm.em.fork().execute<{ name: string }[]>(`
    select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosrc ~* '\\mmd5\\M'
    union all
    select adrelid::regclass::text from pg_attrdef where pg_get_expr(adbin, adrelid) ~* '\\mmd5\\M'
    union all
    select indexrelid::regclass::text from pg_index where pg_get_indexdef(indexrelid) ~* '\\mmd5\\M'`);
  expect(uses).toEqual([]);
});

describe('a change that nobody wrote a migration for is seen', () => {
  test.each([
    ['alter table product add column colour text', 'drop column "colour"'],
    ['alter table price drop constraint price_no_overlap', 'price_no_overlap'],
    ['alter table stock_level drop constraint stock_level_reserved_check', 'stock_level_reserved_check'],
    [
      `alter table stock_level drop constraint stock_level_reserved_check,
       add constraint stock_level_reserved_check check (reserved >= 0)`,
      'stock_level_reserved_check',
    ],
    [
      'alter table payment drop constraint payment_order_id_currency_code_foreign',
      'foreign key ("order_id", "currency_code")',
    ],
    ['drop index sales_order_customer_id_index', 'sales_order_customer_id_index'],
    ['drop index product_search_index', 'product_search_index'],
    ['drop index category_path_index', 'category_path_index'],
    ['drop trigger sales_order_status_transition on sales_order', 'sales_order_status_transition'],
    ['drop trigger stock_movement_append_only on stock_movement', 'stock_movement_append_only'],
    ['alter table customer alter column created_at drop default', 'created_at'],
  ])('%s', async (change, expected) => {
    await orm.schema.execute(change);
    const sql = await diff();
    expect(sql).toContain(expected);
    await orm.schema.execute(sql);
    expect(await diff()).toBe('');
  });
});

test('a function that somebody changed is seen', async () => {
  await orm.schema.execute('drop function rotate_audit_log');
  expect(await diff()).toContain('create or replace function "rotate_audit_log"');
});
