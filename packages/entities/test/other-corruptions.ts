import type { Corruption } from './corruption.ts';
import { cart, customer, hold, id, order, payment, variant } from './sound-shop.ts';

const levelOf = (variantId: string) => `where variant_id = '${variantId}'`;

/** Corruptions of stock, payments, customers and the catalog, and what is late: invariants 1, 3, 8, 9 and 10. */
export const otherCorruptions: Corruption[] = [
  [
    1,
    'reserved without a hold',
    `update stock_level set reserved = reserved + 1 ${levelOf(variant.tee)}`,
    ['inventory.reserved'],
  ],
  [
    1,
    'a hold that changed',
    `update stock_reservation set quantity = 2 where id = '${hold.pending}'`,
    ['inventory.reserved'],
  ],
  [
    1,
    'a hold that is lost',
    `delete from stock_reservation where id = '${hold.pending}'`,
    ['inventory.reserved'],
  ],
  [
    1,
    'stock without a ledger row',
    `update stock_level set on_hand = on_hand + 1 ${levelOf(variant.coat)}`,
    ['inventory.on-hand'],
  ],
  [
    1,
    'a ledger row that is lost',
    `delete from stock_movement where kind = 'adjustment'`,
    ['inventory.on-hand'],
  ],
  [
    1,
    'an oversell',
    `alter table stock_level drop constraint stock_level_reserved_check;
     update stock_level set reserved = 100 ${levelOf(variant.tee)}`,
    ['inventory.oversell', 'inventory.reserved'],
  ],

  [
    3,
    'an authorization that was not added',
    `update payment set authorized_minor = 0 where id = '${payment.cancelled}'`,
    ['payment.authorized'],
  ],
  [
    3,
    'a capture that is lost',
    `delete from payment_transaction where idempotency_key = 'b'`,
    ['payment.captured'],
  ],
  [
    3,
    'a capture that was added twice',
    `update payment set captured_minor = 4599 where id = '${payment.completed}'`,
    ['payment.captured'],
  ],
  [
    3,
    'a refund that was not added',
    `update payment set refunded_minor = 0 where id = '${payment.completed}'`,
    ['payment.refunded'],
  ],
  [
    3,
    'a payment in another currency',
    `alter table payment drop constraint payment_order_id_currency_code_foreign;
     update payment set currency_code = 'USD' where id = '${payment.pending}'`,
    ['payment.currency'],
  ],

  [
    8,
    'an expired hold',
    `update stock_reservation set expires_at = now() - interval '1 hour' where id = '${hold.pending}'`,
    ['inventory.expired-hold'],
  ],
  [
    8,
    'an expired cart',
    `update cart set expires_at = now() - interval '2 days' where id = '${cart.open}'`,
    ['cart.expired-open'],
  ],
  [
    8,
    'a transaction without an answer',
    `update payment_transaction set created_at = now() - interval '2 hours' where status = 'pending'`,
    ['payment.stale-transaction'],
  ],
  [
    8,
    'an event that nobody published',
    `update outbox_event set published_at = null, created_at = now() - interval '1 hour'`,
    ['outbox.stale-event'],
  ],
  [
    8,
    'an event that was set aside',
    `update outbox_event set published_at = null, set_aside_at = now() where topic = 'order.placed'`,
    ['outbox.set-aside'],
  ],

  [
    9,
    'a phone number of an erased customer',
    `alter table customer drop constraint customer_erased_check;
     update customer set phone = '1' where id = '${customer.erased}'`,
    ['customer.erased'],
  ],
  [
    9,
    'an address of an erased customer',
    `update customer_address set customer_id = '${customer.erased}'`,
    ['customer.erased-address'],
  ],
  [
    9,
    'a credential of an erased customer',
    `update customer_credential set customer_id = '${customer.erased}'`,
    ['customer.erased-credential'],
  ],
  [
    9,
    'a session of an erased customer',
    `insert into customer_token (customer_id, token_hash, purpose, expires_at)
     values ('${customer.erased}', sha256('x'), 'session', now() + interval '1 hour')`,
    ['customer.erased-credential'],
  ],
  [
    9,
    'an email on an order',
    `update sales_order set email = 'bob@example.com' where id = '${order.cancelled}'`,
    ['customer.erased-order'],
  ],
  [
    9,
    'a city on an order',
    `update order_address set city = 'Springfield' where order_id = '${order.cancelled}'`,
    ['customer.erased-order'],
  ],

  [
    10,
    'a path that leads elsewhere',
    `update category set path = 'elsewhere' where id = '${id(2)}'`,
    ['category.path'],
  ],
  [
    10,
    'a parent that moved alone',
    `update category set slug = 'wear', path = 'wear' where id = '${id(1)}'`,
    ['category.path'],
  ],
  [
    10,
    'a variant without a price',
    `update price set valid = '[2026-01-01,2026-02-01)' where variant_id = '${variant.coat}'`,
    ['variant.base-price'],
  ],
  [
    10,
    'two prices at once',
    `alter table price drop constraint price_no_overlap;
     insert into price (variant_id, currency_code, amount_minor) values ('${variant.coat}', 'EUR', 1)`,
    ['variant.one-base-price'],
  ],
  [
    10,
    'a price of a list that has ended',
    `insert into price_list (code, name, ended_at) values ('sale', 'Sale', now() - interval '1 day');
     insert into price (variant_id, price_list_code, currency_code, amount_minor, valid) values
       ('${variant.tee}', 'sale', 'EUR', 1, tstzrange(now() - interval '2 days', now() - interval '1 day')),
       ('${variant.coat}', 'sale', 'EUR', 1, tstzrange(now() - interval '2 days', null))`,
    ['price.list-ended'],
  ],
  [
    8,
    'a month without a partition',
    `do $$ begin execute format('alter table audit_log detach partition %I',
       'audit_log_' || to_char(date_trunc('month', now() at time zone 'UTC') + interval '1 month', 'YYYY_MM'));
     end $$`,
    ['audit.partition-ahead'],
  ],
];
