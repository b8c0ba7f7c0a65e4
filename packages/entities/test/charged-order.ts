import { authorizePayment, checkoutWith, taxByRegion } from '../src/index.ts';
import type { InMemoryPaymentProvider } from '../src/testing/index.ts';
import type { OpenShop } from './open-shop.ts';
import { checkoutRequest, key, stockedVariant } from './placed-order.ts';

/** 4.90 for shipping; 19 % on all. */
const { quoteCart, checkout } = checkoutWith({
  shipping: () => [{ code: 'standard', amountMinor: 490n }],
  tax: taxByRegion([{ code: 'VAT', countryCode: 'US', ratePpm: 190_000, taxesShipping: true }]),
});

/** What {@link chargedOrder} costs in all: 23.80 for the units, 5.83 for the shipping. */
export const chargedMinor = 2963n;

/** A confirmed order of 3 units at 10.00, 10.00 off, with tax and shipping; authorized by a payment each of `amounts`. */
export async function chargedOrder(
  shop: OpenShop,
  provider: InMemoryPaymentProvider,
  amounts: readonly bigint[] = [chargedMinor],
): Promise<{ orderId: string; lineId: string; paymentIds: string[] }> {
  const cartId = await shop.cart({ [await stockedVariant(shop, 3)]: 3 });
  const adjustments = [{ kind: 'discount' as const, code: 'friends', amountMinor: 1000n }];
  const request = await checkoutRequest(shop, cartId, { adjustments }, quoteCart);
  const { id: orderId } = await checkout(shop.em(), request);
  const paymentIds: string[] = [];
  for (const amountMinor of amounts) {
    const asked = { ...key(), orderId, paymentMethod: 'tok', amountMinor };
    paymentIds.push((await authorizePayment(shop.em(), provider, asked)).paymentId);
  }
  const [line] = await shop.rows<{ id: string }>(`select id from order_line where order_id = '${orderId}'`);
  return { orderId, lineId: line?.id ?? '', paymentIds };
}
