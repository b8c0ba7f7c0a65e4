import { loadVocabulary, type Random } from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { readCatalogContext } from '../catalog/seed.ts';
import { readFirstCustomerNumber } from '../customer/seed.ts';
import { type FulfilmentContext, readMovements } from '../fulfilment/seed.ts';
import { readInventoryContext } from '../inventory/seed.ts';
import { type OrderContext, readOrderContext } from '../order/seed-order.ts';
import { readPromotionContext } from '../promotion/seed.ts';
import { shopCalendar } from '../seed-context/shop-calendar.ts';

/** What the generators know: the shop before the load, and the sizes of the plan. */
export interface ShopContext extends OrderContext, FulfilmentContext {
  /** Carts that customers are filling now. */
  openCarts: number;
}

/**
 * Reads the catalog and the ends of all sequences.
 *
 * @throws UserError `nothing-for-sale`: no variant of the catalog can be sold
 */
export async function readShop(
  client: ClientBase,
  random: Random,
  { orders, atMs }: { orders: number; atMs: number },
): Promise<ShopContext> {
  const catalog = await readCatalogContext(client, random, atMs);
  return {
    random,
    words: await loadVocabulary(),
    atMs,
    time: shopCalendar(atMs),
    orders,
    customers: Math.ceil(orders * 0.35),
    abandonedCarts: Math.ceil(orders * 0.5),
    openCarts: Math.ceil(orders * 0.015),
    firstCustomerNumber: await readFirstCustomerNumber(client),
    ...catalog,
    ...(await readPromotionContext(client, random, { atMs, minorPerUnit: catalog.minorPerUnit })),
    ...(await readInventoryContext(client, random, atMs)),
    ...(await readOrderContext(client)),
    ...(await readMovements(client, catalog.variants.length)),
  };
}
