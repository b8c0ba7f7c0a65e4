import type { Client } from 'pg';

/** Rows that the load works with. */
export interface Samples {
  variants: string[];
  orders: string[];
  customers: string[];
  carts: string[];
}

/** Sends one statement of the load, timed. */
export type Send = (sql: string, params?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

type Operation = (send: Send, samples: Samples) => Promise<unknown>;

/** Rows of each kind, at random. */
export async function readSamples(client: Client): Promise<Samples> {
  const ids = async (sql: string): Promise<string[]> => {
    const { rows } = await client.query<{ id: string }>(`${sql} limit 20000`);
    return rows.map(({ id }) => id);
  };
  return {
    variants: await ids(`select variant_id as id from stock_level order by random()`),
    orders: await ids('select id from sales_order order by random()'),
    customers: await ids('select id from customer order by random()'),
    carts: await ids(`select id from cart where status = 'open' order by random()`),
  };
}

/**
 * What the first release of the shop reads and writes, with the tables and columns that it knows: every statement must
 * succeed at each step of the history.
 */
export const operations: readonly Operation[] = [
  (send, { variants }) =>
    send(
      `select p.id, p.title, v.sku, r.amount_minor from product_variant v join product p on p.id = v.product_id
       left join price r on r.variant_id = v.id where v.id = $1`,
      [one(variants)],
    ),
  (send, { variants }) => send('select * from stock_level where variant_id = $1', [one(variants)]),
  (send, { orders }) =>
    send(
      `select o.number, o.status, o.total_minor, l.title, l.quantity, a.city from sales_order o
       join order_line l on l.order_id = o.id left join order_address a on a.order_id = o.id where o.id = $1`,
      [one(orders)],
    ),
  (send, { customers }) =>
    send(
      `select number, status, total_minor from sales_order where customer_id = $1 order by placed_at desc, id limit 10`,
      [one(customers)],
    ),
  (send, { orders }) =>
    send(
      `select p.status, t.kind, t.amount_minor from payment p left join payment_transaction t on t.payment_id = p.id
       where p.order_id = $1`,
      [one(orders)],
    ),
  (send, { carts }) =>
    send(
      'select l.quantity, v.sku from cart_line l join product_variant v on v.id = l.variant_id where l.cart_id = $1',
      [one(carts)],
    ),
  (send, { carts }) =>
    send('update cart_line set quantity = 1 + (quantity + 1) % 9 where cart_id = $1', [one(carts)]),
  async (send, { variants }) => {
    await send('begin');
    const [cart] = await send(`insert into cart (currency_code) values ('EUR') returning id`);
    await send(
      `insert into cart_line (cart_id, variant_id, quantity, unit_price_minor) values ($1, $2, 1, 1000)`,
      [cart?.['id'], one(variants)],
    );
    await send('commit');
  },
  (send, { variants }) =>
    send('update stock_level set backorder_limit = backorder_limit where variant_id = $1', [one(variants)]),
  (send, { customers }) =>
    send('update customer set first_name = first_name where id = $1', [one(customers)]),
  (send, { orders }) => send('update sales_order set email = email where id = $1', [one(orders)]),
  (send) =>
    send(
      `insert into idempotency_key (scope, key, request_hash) values ('bench', gen_random_uuid()::text, sha256('bench'))`,
    ),
  (send) => send(`insert into outbox_event (topic, aggregate_id) values ('cart.changed', gen_random_uuid())`),
];

function one(ids: readonly string[]): string | undefined {
  return ids[Math.floor(Math.random() * ids.length)];
}
