import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { OpenShop } from '../test/open-shop.ts';
import { key, placeOrder, placePaidOrder } from '../test/placed-order.ts';
import { shopTemplate, urlAs } from '../test/shop-database.ts';
import {
  approveReturn,
  cancelOrder,
  deliverShipment,
  openCart,
  receiveReturn,
  requestReturn,
  shipOrder,
} from './index.ts';
import { ormOptions } from './orm-options.ts';
import { InMemoryPaymentProvider } from './testing/index.ts';
import { statusMachines } from './status-machines.ts';

const orders = 40;

/** Runs orders through their life, and ends the sessions: the server counts what a session did when it ends. */
async function tradeIn(url: string): Promise<void> {
  const orm = await MikroORM.init({
    ...ormOptions({ url: urlAs(url, 'shop_app') }),
    logger: () => undefined,
  });
  try {
    const shop = new OpenShop(orm, []);
    const provider = new InMemoryPaymentProvider();
    const variantId = await shop.offer(10_000);
    for (let number = 0; number < orders; number++) {
      await openCart(shop.em(), { currencyCode: 'EUR' });
      const { orderId, lineId } = await placePaidOrder(shop, provider, { [variantId]: 1 });
      const { shipments } = await shipOrder(shop.em(), { ...key(), orderId });
      for (const { shipmentId } of shipments) await deliverShipment(shop.em(), { shipmentId });
      const units = { lineId, quantity: 1 };
      const { returnId } = await requestReturn(shop.em(), { ...key(), orderId, lines: [units] });
      await approveReturn(shop.em(), { returnId });
      await receiveReturn(shop.em(), { ...key(), returnId, lines: [{ ...units, restock: false }] });
      const cancelled = await placeOrder(shop, { [variantId]: 1 });
      await cancelOrder(shop.em(), { orderId: cancelled.orderId });
    }
  } finally {
    await orm.close(true);
  }
}

/** The updates of each table, once the sessions that have ended are counted. */
async function countUpdates(
  admin: Client,
  tables: readonly string[],
): Promise<Map<string, { updates: number; hot: number }>> {
  return await vi.waitFor(
    async () => {
      const { rows } = await admin.query<{ name: string; updates: number; hot: number }>(
        `select relname as name, n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables
         where n_tup_upd > 0 order by 1`,
      );
      const updated = new Map(rows.map(({ name, ...counts }) => [name, counts]));
      for (const table of tables) expect(updated.get(table)?.updates, table).toBeGreaterThanOrEqual(orders);
      return updated;
    },
    { timeout: 20_000, interval: 100 },
  );
}

test('changes of status, and of counters, are HOT updates: they write no index', async () => {
  const { url, drop } = await createTestDatabase({ template: shopTemplate });
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await tradeIn(url);
    // Not payment: its first outcome brings the provider's reference, which is unique.
    const machines = statusMachines.map(({ table }) => table).filter((table) => table !== 'payment');
    const tables = [...machines, 'order_line', 'stock_level'];
    const updated = await countUpdates(admin, tables);
    // Some come to a page without room.
    const cold = tables.filter((table) => {
      const { updates, hot } = updated.get(table) ?? { updates: 0, hot: 0 };
      return hot < updates * 0.9;
    });
    expect(cold).toEqual([]);
  } finally {
    await admin.end();
    await drop();
  }
});

test('no index has a status, in its key or in its condition', async () => {
  const { url, drop } = await createTestDatabase({ template: shopTemplate });
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ name: string }>(
      `select i.indexrelid::regclass::text as name from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'status'
       where i.indrelid = any ($1::regclass[]) and pg_get_indexdef(i.indexrelid) ~ '\\mstatus\\M'`,
      [statusMachines.map(({ table }) => table)],
    );
    expect(rows).toEqual([]);
  } finally {
    await admin.end();
    await drop();
  }
});
