import { glob } from 'node:fs/promises';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ColumnReads } from '../test/column-reads.ts';
import { shopTemplate } from '../test/shop-database.ts';
import { shopChecks } from './checks/index.ts';
import { ormOptions } from './orm-options.ts';
import { declaredBuiltStatements } from './runtime/built-statement.ts';
import { declaredStatements } from './runtime/statement.ts';

// Of what its own modules declare: a worker's earlier files have loaded others.
vi.hoisted(() => vi.resetModules());

const whoInvestigates = 'When the row came or was last changed, for who investigates with SQL of their own.';
const backOffice = 'What people call it who maintain it.';
const auditor = 'A log, for auditors with SQL of their own.';

/** Columns that no operation and no check reads, and why they are kept. One that is read does not belong here. */
const kept: Record<string, string> = {
  'attribute.created_at': whoInvestigates,
  'attribute.value_type': 'A trigger holds the values of the attribute against it.',
  'audit_log.action': auditor,
  'audit_log.actor': auditor,
  'audit_log.database_user': auditor,
  'audit_log.detail': auditor,
  'audit_log.entity': auditor,
  'audit_log.entity_id': auditor,
  'cart.updated_at': whoInvestigates,
  'category.created_at': whoInvestigates,
  'coupon.created_at': whoInvestigates,
  'coupon_customer_lock.uses': 'Its update lets the uses of one customer wait for each other.',
  'credit_note.issued_xid': 'Triggers refuse lines and taxes of another transaction.',
  'customer_credential.updated_at': whoInvestigates,
  'idempotency_key.created_at': whoInvestigates,
  'order_edit.actor': auditor,
  'order_edit.edited_xid': 'Triggers refuse lines and taxes of another transaction.',
  'order_status_history.changed_by': auditor,
  'payment.updated_at': whoInvestigates,
  'payment_transaction.actor': auditor,
  'payment_transaction.reason': auditor,
  'price_list.created_at': whoInvestigates,
  'price_list.name': backOffice,
  'product.updated_at': whoInvestigates,
  'product_media.created_at': whoInvestigates,
  'product_variant.created_at': whoInvestigates,
  'product_variant.updated_at': whoInvestigates,
  'promotion.created_at': 'The seed gives its promotions the validity from here.',
  'return_request.updated_at': whoInvestigates,
  'shipment.updated_at': whoInvestigates,
  'stock_location.created_at': whoInvestigates,
  'stock_movement.actor': auditor,
  'stock_movement.created_at': whoInvestigates,
  'stock_movement.note': 'The import finds its own movements by it.',
  'stock_movement.reason': auditor,
  'tax_rate.created_at': whoInvestigates,
};

/** What fills columns, and reads them only to compare or to draw: that is no use of them. */
const fills = /\/(catalog-import|seed)\/|\/seed(-[\w-]+)?\.ts$/;

let client: Client;
let orm: MikroORM;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase({ template: shopTemplate });
  drop = () => database.drop();
  client = new Client({ connectionString: database.url });
  await client.connect();
  orm = await MikroORM.init({ ...ormOptions({ url: database.url }), logger: () => undefined });
});

afterAll(async () => {
  await orm?.close();
  await client?.end();
  await drop?.();
});

test('each column of the schema is read by an operation, a check or a key, or is kept for a reason', async () => {
  for await (const file of glob('src/**/*.ts', { cwd: new URL('..', import.meta.url) })) {
    if (!file.endsWith('.test.ts') && !fills.test(file))
      await import(new URL(`../${file}`, import.meta.url).href);
  }
  const reads = await ColumnReads.on(client);
  for (const { text } of declaredStatements) await reads.ofStatement(text);
  const platform = orm.em.getPlatform();
  for (const built of declaredBuiltStatements) {
    for (const { sql, params } of built().fragments)
      await reads.ofStatement(platform.formatQuery(sql, params));
  }
  for (const check of shopChecks()) await reads.ofCheck(check);
  expect((await reads.unread()).toSorted()).toEqual(Object.keys(kept));
});

test('a column that is only written is not read; one that a condition, a result or a CTE names is', async () => {
  await client.query('create table public.probe (id int primary key, a int, b int, c int, d int, e int)');
  const reads = await ColumnReads.on(client);
  await reads.ofStatement('insert into probe (id, a, b) values ($1, $2, $3)');
  await reads.ofStatement('update probe set a = $1, b = b + 1 where c = $2');
  const unread = async () => (await reads.unread()).filter((name) => name.startsWith('probe.'));
  expect(await unread()).toEqual(['probe.a', 'probe.d', 'probe.e']);
  await reads.ofStatement('with gone as (delete from probe returning d) select sum(d) from gone');
  expect(await unread()).toEqual(['probe.a', 'probe.e']);
});
