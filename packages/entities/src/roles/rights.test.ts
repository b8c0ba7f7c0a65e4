import { Client, escapeIdentifier } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { useShopClient } from '../../test/shop-client.ts';
import { ids } from '../../test/shop-fixture.ts';
import { type LoginRole, loginRoles, provisionRoles } from './index.ts';

const shop = useShopClient();
const sessions = new Map<LoginRole, Client>();

beforeAll(async () => {
  // A clone has the grants of its tables; what belongs to the database is provisioned again.
  await provisionRoles({ adminUrl: shop.url });
  for (const role of loginRoles) {
    const client = new Client({ connectionString: shop.url });
    await client.connect();
    // A login without a password: what follows is what a session of the role has.
    await client.query(`set session authorization ${escapeIdentifier(role)}`);
    if (role === 'shop_migrator') await client.query('set role shop_owner');
    sessions.set(role, client);
  }
});

afterAll(async () => {
  for (const client of sessions.values()) await client.end();
});

const denied = '42501';
const movement = `'${ids.variant}', '${ids.location}'`;

const cases: { role: LoginRole; outcome: string; sql: string }[] = [
  { role: 'shop_app', outcome: 'accepted', sql: `select * from product join price on true` },
  { role: 'shop_app', outcome: 'accepted', sql: `insert into customer (email) values ('new@example.com')` },
  { role: 'shop_app', outcome: 'accepted', sql: `select secret_hash from customer_credential` },
  { role: 'shop_app', outcome: 'accepted', sql: `select token_hash from customer_token` },
  { role: 'shop_app', outcome: 'accepted', sql: `delete from customer_token` },
  { role: 'shop_app', outcome: denied, sql: `update customer_token set customer_id = customer_id` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `update customer_token set expires_at = expires_at + interval '1 year'`,
  },
  { role: 'shop_app', outcome: 'accepted', sql: `update stock_level set reserved = reserved + 1` },
  { role: 'shop_app', outcome: 'accepted', sql: `select from stock_level order by variant_id for update` },
  {
    role: 'shop_app',
    outcome: 'accepted',
    sql: `insert into stock_movement (variant_id, location_id, kind, quantity)
     values (${movement}, 'receipt', 5)`,
  },
  {
    role: 'shop_app',
    outcome: 'accepted',
    sql: `insert into audit_log (action, entity) values ('look', 'product')`,
  },
  {
    role: 'shop_app',
    outcome: 'accepted',
    sql: `insert into category (parent_id, slug, name) values ('${ids.category}', 'x', 'X')`,
  },
  {
    role: 'shop_app',
    outcome: 'accepted',
    sql: `update category set slug = 'wear' where id = '${ids.category}'`,
  },
  { role: 'shop_app', outcome: 'sales_order_covered', sql: `update sales_order set status = 'confirmed'` },
  { role: 'shop_app', outcome: denied, sql: `update sales_order set customer_id = null` },
  { role: 'shop_app', outcome: 'accepted', sql: `select from sales_order for update` },
  {
    role: 'shop_app',
    outcome: 'order_line_order_confirmed',
    sql: `update order_line set shipped_quantity = 1`,
  },
  { role: 'shop_app', outcome: 'accepted', sql: `update order_line set cancelled_quantity = 1` },
  { role: 'shop_app', outcome: 'accepted', sql: `update order_address set full_name = null` },
  {
    role: 'shop_app',
    outcome: 'accepted',
    sql: `insert into sales_order (currency_code, subtotal_minor, total_minor) values ('EUR', 0, 0)`,
  },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into sales_order (currency_code, subtotal_minor, total_minor, placed_xid) values ('EUR', 0, 0, '9')`,
  },
  { role: 'shop_app', outcome: 'accepted', sql: `delete from cart where false` },
  { role: 'shop_app', outcome: 'outbox_event_unpublished', sql: `delete from outbox_event` },
  { role: 'shop_app', outcome: 'accepted', sql: `update attribute set name = 'Stuff'` },
  { role: 'shop_app', outcome: 'accepted', sql: `delete from product_attribute` },
  { role: 'shop_app', outcome: denied, sql: `update attribute set value_type = 'number'` },
  { role: 'shop_app', outcome: denied, sql: `delete from attribute` },
  { role: 'shop_app', outcome: denied, sql: `update stock_movement set quantity = 99` },
  { role: 'shop_app', outcome: denied, sql: `delete from stock_movement` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into order_status_history (order_id, from_status, to_status)
     values ('${ids.order}', 'pending', 'confirmed')`,
  },
  { role: 'shop_app', outcome: denied, sql: `update order_status_history set to_status = 'x'` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into audit_log (action, entity, database_user) values ('look', 'x', 'nobody')`,
  },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into audit_log (action, entity, occurred_at) values ('look', 'x', '2026-01-01')`,
  },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into audit_log (action, entity, id) values ('look', 'x', 1)`,
  },
  { role: 'shop_app', outcome: denied, sql: `delete from audit_log` },
  { role: 'shop_app', outcome: denied, sql: `update audit_log set actor = 'nobody'` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `do $$ begin execute format('delete from %I', 'audit_log_' || to_char(now(), 'YYYY_MM')); end $$`,
  },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `do $$ begin execute format('select from %I', 'audit_log_' || to_char(now(), 'YYYY_MM')); end $$`,
  },
  { role: 'shop_app', outcome: denied, sql: `update sales_order set total_minor = 0` },
  { role: 'shop_app', outcome: denied, sql: `update order_line set unit_price_minor = 0, total_minor = 0` },
  { role: 'shop_app', outcome: denied, sql: `update order_adjustment set amount_minor = 0` },
  { role: 'shop_app', outcome: denied, sql: `delete from sales_order` },
  { role: 'shop_app', outcome: denied, sql: `delete from payment_transaction` },
  {
    role: 'shop_app',
    outcome: 'payment_sums',
    sql: `update payment set status = 'authorized', authorized_minor = amount_minor`,
  },
  {
    role: 'shop_app',
    outcome: 'payment_amounts_check',
    sql: `update payment set authorized_minor = amount_minor + 1`,
  },
  {
    role: 'shop_app',
    outcome: 'payment_amounts_check',
    sql: `update payment set status = 'captured', authorized_minor = 10, captured_minor = 11`,
  },
  { role: 'shop_app', outcome: 'payment_status_transition', sql: `update payment set status = 'refunded'` },
  { role: 'shop_app', outcome: denied, sql: `update payment set amount_minor = 1` },
  { role: 'shop_app', outcome: denied, sql: `update payment set currency_code = 'USD'` },
  { role: 'shop_app', outcome: denied, sql: `update payment_transaction set amount_minor = 1` },
  { role: 'shop_app', outcome: denied, sql: `update payment_transaction set idempotency_key = 'another'` },
  { role: 'shop_app', outcome: denied, sql: `update payment_transaction set payment_id = id` },
  { role: 'shop_app', outcome: denied, sql: `update payment_transaction set actor = 'nobody'` },
  { role: 'shop_app', outcome: denied, sql: `update payment_transaction set reason = 'another'` },
  { role: 'shop_app', outcome: denied, sql: `update shipment set order_id = id` },
  { role: 'shop_app', outcome: denied, sql: `update stock_reservation set order_line_id = id` },
  {
    role: 'shop_app',
    outcome: 'stock_level_on_hand_check',
    sql: `update stock_level set on_hand = -1, reserved = 0`,
  },
  { role: 'shop_app', outcome: 'stock_level_reserved_check', sql: `update stock_level set reserved = 16` },
  {
    role: 'shop_app',
    outcome: 'order_line_fulfilment_check',
    sql: `update order_line set shipped_quantity = 3`,
  },
  {
    role: 'shop_app',
    outcome: 'order_line_fulfilment_check',
    sql: `update order_line set shipped_quantity = 1, cancelled_quantity = 2`,
  },
  {
    role: 'shop_app',
    outcome: 'order_line_fulfilment_check',
    sql: `update order_line set returned_quantity = 1`,
  },
  {
    role: 'shop_app',
    outcome: 'sales_order_status_transition',
    sql: `update sales_order set status = 'shipped'`,
  },
  {
    role: 'shop_app',
    outcome: 'shipment_status_transition',
    sql: `update shipment set status = 'delivered'`,
  },
  { role: 'shop_app', outcome: denied, sql: `delete from product` },
  { role: 'shop_app', outcome: denied, sql: `delete from customer` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into status_transition values ('sales_order', 'returned', 'pending')`,
  },
  { role: 'shop_app', outcome: denied, sql: `update currency set exponent = 0` },
  { role: 'shop_app', outcome: denied, sql: `truncate cart cascade` },
  { role: 'shop_app', outcome: denied, sql: `create table mine (id int)` },
  { role: 'shop_app', outcome: denied, sql: `create temp table mine (id int)` },
  { role: 'shop_app', outcome: denied, sql: `create schema mine` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `alter table stock_level drop constraint stock_level_reserved_check`,
  },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `alter table sales_order disable trigger sales_order_status_transition`,
  },
  { role: 'shop_app', outcome: denied, sql: `drop index product_search_index` },
  { role: 'shop_app', outcome: denied, sql: `set session_replication_role = replica` },
  { role: 'shop_app', outcome: denied, sql: `set role shop_owner` },
  { role: 'shop_app', outcome: denied, sql: `select rotate_audit_log(1, 1)` },
  { role: 'shop_app', outcome: denied, sql: `select * from migration_ledger` },
  { role: 'shop_app', outcome: denied, sql: `create role friend` },
  { role: 'shop_app', outcome: 'accepted', sql: `update coupon set usage_limit = 9` },
  {
    role: 'shop_app',
    outcome: 'accepted',
    sql: `update shipment set status = 'cancelled'; update sales_order set status = 'cancelled'`,
  },
  { role: 'shop_app', outcome: denied, sql: `update coupon_redemption set released_at = now()` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `insert into coupon_redemption (order_id, coupon_id, discount_minor, released_at)
     values ('${ids.order}', '${ids.coupon}', 0, now())`,
  },
  { role: 'shop_app', outcome: denied, sql: `update coupon_counter set uses = 0` },
  { role: 'shop_app', outcome: denied, sql: `insert into coupon_counter values ('${ids.coupon}', 99, 0, 9)` },
  { role: 'shop_app', outcome: denied, sql: `delete from coupon_redemption` },
  { role: 'shop_app', outcome: denied, sql: `delete from coupon` },
  {
    role: 'shop_app',
    outcome: denied,
    sql: `alter table coupon_redemption disable trigger coupon_redemption_count`,
  },
  {
    role: 'shop_readonly',
    outcome: 'accepted',
    sql: `select * from sales_order join customer on true join audit_log on true`,
  },
  { role: 'shop_readonly', outcome: denied, sql: `select * from customer_credential` },
  { role: 'shop_readonly', outcome: denied, sql: `select id from customer_token` },
  { role: 'shop_readonly', outcome: denied, sql: `insert into customer (email) values ('new@example.com')` },
  { role: 'shop_readonly', outcome: denied, sql: `update stock_level set on_hand = 0` },
  { role: 'shop_readonly', outcome: denied, sql: `delete from cart` },
  { role: 'shop_readonly', outcome: denied, sql: `select nextval('sales_order_number_seq')` },
  { role: 'shop_readonly', outcome: denied, sql: `select from stock_level for update` },
  { role: 'shop_readonly', outcome: denied, sql: `create temp table mine (id int)` },
  { role: 'shop_readonly', outcome: denied, sql: `set role shop_app` },
  { role: 'shop_migrator', outcome: 'accepted', sql: `alter table product add column colour text` },
  { role: 'shop_migrator', outcome: 'accepted', sql: `create extension if not exists pg_trgm` },
  { role: 'shop_migrator', outcome: 'accepted', sql: `create schema mine` },
  { role: 'shop_migrator', outcome: 'accepted', sql: `select rotate_audit_log(24, 24)` },
  { role: 'shop_migrator', outcome: '23001', sql: `delete from stock_movement` },
  { role: 'shop_migrator', outcome: denied, sql: `create role friend` },
  { role: 'shop_migrator', outcome: denied, sql: `alter role shop_app superuser` },
  { role: 'shop_migrator', outcome: denied, sql: `copy product to program 'true'` },
];

test.each(cases)('$role: $outcome: $sql', async ({ role, outcome, sql }) => {
  const client = sessions.get(role);
  if (client === undefined) throw new Error(`no session of ${role}`);
  expect(await refusal(client, sql)).toBe(outcome);
});

test('the audit log has the database user, whatever actor the application names', async () => {
  const client = sessions.get('shop_app');
  const entry = await client?.query(`set shop.actor = 'nobody';
    insert into audit_log (actor, action, entity) values ('nobody', 'look', 'x') returning actor, database_user`);
  const [, inserted] = entry as unknown as { rows: object[] }[];
  expect(inserted?.rows).toEqual([{ actor: 'nobody', database_user: 'shop_app' }]);
});

test('the roles may use a table of a later migration', async () => {
  await shop.client.query('set role shop_owner; create table later (id int); reset role');
  const { rows } = await shop.client.query(`
    select has_table_privilege('shop_app', 'later', 'insert,update,delete') as app,
           has_table_privilege('shop_app', 'later', 'truncate') as truncates,
           has_table_privilege('shop_readonly', 'later', 'select') as reads,
           has_table_privilege('shop_readonly', 'later', 'insert') as writes`);
  expect(rows[0]).toEqual({ app: true, truncates: false, reads: true, writes: false });
});
