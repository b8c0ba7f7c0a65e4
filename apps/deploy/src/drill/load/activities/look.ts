import {
  findPrices,
  getProduct,
  listCreditNotes,
  searchOrders,
  searchProducts,
  taxBreakdown,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';
import { countries } from '../market.ts';

/** Pages of a shop and of its back office. */
export async function look(client: Client): Promise<void> {
  const { market, random } = client;
  const { currencyCode: currency } = random.pick(countries) ?? countries[0];
  const ware = market.wares.pick(random);
  const orderId = market.orderIds.pick(random);
  if (ware === undefined || orderId === undefined) return;
  await random.weighted<() => Promise<unknown>>([
    [2, () => client.read(searchProducts, { text: 'drilled' })],
    [2, () => client.read(getProduct, { handle: ware.handle, currency })],
    [2, () => client.read(findPrices, { variantIds: [ware.variantId], currency })],
    [2, () => client.read(searchOrders, { status: 'confirmed', limit: 20 })],
    [1, () => client.read(taxBreakdown, { orderId })],
    [1, () => client.read(listCreditNotes, { orderId })],
  ])();
}
