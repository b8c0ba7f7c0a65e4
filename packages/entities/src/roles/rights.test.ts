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

const cases: [role: LoginRole, outcome: string, sql: string][] = [
  ['shop_app', 'accepted', `select * from product join price on true`],
  ['shop_app', 'accepted', `insert into customer (email) values ('new@example.com')`],
  ['shop_app', 'accepted', `select secret_hash from customer_credential`],
  ['shop_app', 'accepted', `select token_hash from customer_token`],
  ['shop_app', 'accepted', `delete from customer_token`],
  ['shop_app', denied, `update customer_token set customer_id = customer_id`],
  ['shop_app', denied, `update customer_token set expires_at = expires_at + interval '1 year'`],
  ['shop_app', 'accepted', `update stock_level set reserved = reserved + 1`],
  ['shop_app', 'accepted', `select from stock_level order by variant_id for update`],
  [
    'shop_app',
    'accepted',
    `insert into stock_movement (variant_id, location_id, kind, quantity)
     values (${movement}, 'receipt', 5)`,
  ],
  ['shop_app', 'accepted', `insert into audit_log (action, entity) values ('look', 'product')`],
  [
    'shop_app',
    'accepted',
    `insert into category (parent_id, slug, name) values ('${ids.category}', 'x', 'X')`,
  ],
  ['shop_app', 'accepted', `update category set slug = 'wear' where id = '${ids.category}'`],
  ['shop_app', 'accepted', `update sales_order set status = 'confirmed'`],
  ['shop_app', 'accepted', `select from sales_order for update`],
  ['shop_app', 'accepted', `update order_line set shipped_quantity = 1`],
  ['shop_app', 'accepted', `update order_address set full_name = null`],
  [
    'shop_app',
    'accepted',
    `insert into sales_order (currency_code, subtotal_minor, total_minor) values ('EUR', 0, 0)`,
  ],
  ['shop_app', 'accepted', `delete from cart where customer_id is null`],
  ['shop_app', 'accepted', `delete from outbox_event`],
  ['shop_app', 'accepted', `update attribute set name = 'Stuff'`],
  ['shop_app', 'accepted', `delete from product_attribute`],
  ['shop_app', denied, `update attribute set value_type = 'number'`],
  ['shop_app', denied, `delete from attribute`],
  ['shop_app', denied, `update stock_movement set quantity = 99`],
  ['shop_app', denied, `delete from stock_movement`],
  [
    'shop_app',
    denied,
    `insert into order_status_history (order_id, from_status, to_status)
     values ('${ids.order}', 'pending', 'confirmed')`,
  ],
  ['shop_app', denied, `update order_status_history set to_status = 'x'`],
  [
    'shop_app',
    denied,
    `insert into audit_log (action, entity, database_user) values ('look', 'x', 'nobody')`,
  ],
  [
    'shop_app',
    denied,
    `insert into audit_log (action, entity, occurred_at) values ('look', 'x', '2026-01-01')`,
  ],
  ['shop_app', denied, `insert into audit_log (action, entity, id) values ('look', 'x', 1)`],
  ['shop_app', denied, `delete from audit_log`],
  ['shop_app', denied, `update audit_log set actor = 'nobody'`],
  [
    'shop_app',
    denied,
    `do $$ begin execute format('delete from %I', 'audit_log_' || to_char(now(), 'YYYY_MM')); end $$`,
  ],
  [
    'shop_app',
    denied,
    `do $$ begin execute format('select from %I', 'audit_log_' || to_char(now(), 'YYYY_MM')); end $$`,
  ],
  ['shop_app', denied, `update sales_order set total_minor = 0`],
  ['shop_app', denied, `update order_line set unit_price_minor = 0, total_minor = 0`],
  ['shop_app', denied, `update order_adjustment set amount_minor = 0`],
  ['shop_app', denied, `delete from sales_order`],
  ['shop_app', denied, `delete from payment_transaction`],
  ['shop_app', 'payment_sums', `update payment set status = 'authorized', authorized_minor = amount_minor`],
  ['shop_app', 'payment_amounts_check', `update payment set authorized_minor = amount_minor + 1`],
  [
    'shop_app',
    'payment_amounts_check',
    `update payment set status = 'captured', authorized_minor = 10, captured_minor = 11`,
  ],
  ['shop_app', 'payment_status_transition', `update payment set status = 'refunded'`],
  ['shop_app', denied, `update payment set amount_minor = 1`],
  ['shop_app', denied, `update payment set currency_code = 'USD'`],
  ['shop_app', denied, `update payment_transaction set amount_minor = 1`],
  ['shop_app', denied, `update payment_transaction set idempotency_key = 'another'`],
  ['shop_app', denied, `update payment_transaction set payment_id = id`],
  ['shop_app', denied, `update shipment set order_id = id`],
  ['shop_app', denied, `update stock_reservation set order_line_id = id`],
  ['shop_app', 'stock_level_on_hand_check', `update stock_level set on_hand = -1, reserved = 0`],
  ['shop_app', 'stock_level_reserved_check', `update stock_level set reserved = 16`],
  ['shop_app', 'order_line_fulfilment_check', `update order_line set shipped_quantity = 3`],
  [
    'shop_app',
    'order_line_fulfilment_check',
    `update order_line set shipped_quantity = 1, cancelled_quantity = 2`,
  ],
  ['shop_app', 'order_line_fulfilment_check', `update order_line set returned_quantity = 1`],
  ['shop_app', 'sales_order_status_transition', `update sales_order set status = 'shipped'`],
  ['shop_app', 'shipment_status_transition', `update shipment set status = 'delivered'`],
  ['shop_app', denied, `delete from product`],
  ['shop_app', denied, `delete from customer`],
  ['shop_app', denied, `insert into status_transition values ('sales_order', 'returned', 'pending')`],
  ['shop_app', denied, `update currency set exponent = 0`],
  ['shop_app', denied, `truncate cart cascade`],
  ['shop_app', denied, `create table mine (id int)`],
  ['shop_app', denied, `create temp table mine (id int)`],
  ['shop_app', denied, `create schema mine`],
  ['shop_app', denied, `alter table stock_level drop constraint stock_level_reserved_check`],
  ['shop_app', denied, `alter table sales_order disable trigger sales_order_status_transition`],
  ['shop_app', denied, `drop index product_search_index`],
  ['shop_app', denied, `set session_replication_role = replica`],
  ['shop_app', denied, `set role shop_owner`],
  ['shop_app', denied, `select rotate_audit_log(1, 1)`],
  ['shop_app', denied, `select * from migration_ledger`],
  ['shop_app', denied, `create role friend`],
  ['shop_app', 'accepted', `update coupon set usage_limit = 9`],
  ['shop_app', 'accepted', `update sales_order set status = 'cancelled'`],
  ['shop_app', denied, `update coupon_redemption set released_at = now()`],
  [
    'shop_app',
    denied,
    `insert into coupon_redemption (order_id, coupon_id, discount_minor, released_at)
     values ('${ids.order}', '${ids.coupon}', 0, now())`,
  ],
  ['shop_app', denied, `delete from coupon_redemption`],
  ['shop_app', denied, `delete from coupon`],
  ['shop_app', denied, `alter table coupon_redemption disable trigger coupon_redemption_limits`],
  ['shop_readonly', 'accepted', `select * from sales_order join customer on true join audit_log on true`],
  ['shop_readonly', denied, `select * from customer_credential`],
  ['shop_readonly', denied, `select id from customer_token`],
  ['shop_readonly', denied, `insert into customer (email) values ('new@example.com')`],
  ['shop_readonly', denied, `update stock_level set on_hand = 0`],
  ['shop_readonly', denied, `delete from cart`],
  ['shop_readonly', denied, `select nextval('sales_order_number_seq')`],
  ['shop_readonly', denied, `select from stock_level for update`],
  ['shop_readonly', denied, `create temp table mine (id int)`],
  ['shop_readonly', denied, `set role shop_app`],
  ['shop_migrator', 'accepted', `alter table product add column colour text`],
  ['shop_migrator', 'accepted', `create extension if not exists pg_trgm`],
  ['shop_migrator', 'accepted', `create schema mine`],
  ['shop_migrator', 'accepted', `select rotate_audit_log(24, 24)`],
  ['shop_migrator', '23001', `delete from stock_movement`],
  ['shop_migrator', denied, `create role friend`],
  ['shop_migrator', denied, `alter role shop_app superuser`],
  ['shop_migrator', denied, `copy product to program 'true'`],
];

test.each(cases)('%s: %s: %s', async (role, outcome, sql) => {
  const client = sessions.get(role);
  if (client === undefined) throw new Error(`no session of ${role}`);
  expect(await refusal(client, sql)).toBe(outcome);
});

test('whatever the application calls itself, the audit log has its user', async () => {
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
