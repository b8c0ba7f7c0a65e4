import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { validate } from '@ecommerce-dms/validator';
import { Client } from 'pg';
import { expect, onTestFinished } from 'vitest';
import { shopChecks } from '../src/checks/index.ts';
import {
  addOption,
  authorizePayment,
  type CheckoutOperations,
  type CheckoutRequest,
  checkoutWith,
  createVariant,
  noCharges,
  receiveStock,
} from '../src/index.ts';
import type { InMemoryPaymentProvider } from '../src/testing/index.ts';
import type { OpenShop } from './open-shop.ts';

/** A new idempotency key. */
export const key = () => ({ idempotencyKey: randomUUID() });

/** The id of the location with this index of {@link stockedVariant}. */
export async function locationId(shop: OpenShop, index = 0): Promise<string> {
  const [row] = await shop.rows<{ id: string }>(
    `select id from stock_location where code = 'location-${index}'`,
  );
  return row?.id ?? '';
}

/** A variant with a number of received units for each location. */
export async function stockedVariant(shop: OpenShop, ...units: number[]): Promise<string> {
  const variantId = await shop.offer(...units.map(() => 0));
  for (const [index, quantity] of units.entries()) {
    if (quantity === 0) continue;
    await receiveStock(shop.em(), {
      ...key(),
      locationId: await locationId(shop, index),
      lines: [{ variantId, quantity }],
    });
  }
  return variantId;
}

/** Another variant of the product of this one, at 10.00 EUR. */
export async function siblingOf(shop: OpenShop, variantId: string): Promise<string> {
  const [product] = await shop.rows<{ id: string }>(
    `select product_id as id from product_variant where id = '${variantId}'`,
  );
  const productId = product?.id ?? '';
  await addOption(shop.em(), { productId, name: 'Kind', value: 'first' });
  const optionValues = { Kind: 'second' };
  const prices = [{ currency: 'EUR', amountMinor: 1000n }];
  return (await createVariant(shop.em(), { productId, optionValues, prices })).variantId;
}

/** The quantities of an order that takes all received units of new variants. */
export async function stockedQuantities(
  shop: OpenShop,
  { variants, units }: { variants: number; units: number },
): Promise<Record<string, number>> {
  const quantities: Record<string, number> = {};
  for (let count = 0; count < variants; count++) quantities[await stockedVariant(shop, units)] = units;
  return quantities;
}

/** The levels of a variant, in the order of the locations. */
export async function stockOf(shop: OpenShop, variantId: string): Promise<object[]> {
  return await shop.rows(`select on_hand, reserved from stock_level join stock_location on id = location_id
    where variant_id = '${variantId}' order by code`);
}

/** The quote and the checkout of a shop that ships for free and charges no tax. */
export const { quoteCart, checkout } = checkoutWith({ shipping: noCharges, tax: noCharges });

/** A guest's request to check out a cart for what it costs now, with a new key. */
export async function checkoutRequest(
  shop: OpenShop,
  cartId: string,
  more: Partial<CheckoutRequest> = {},
  quote: CheckoutOperations['quoteCart'] = quoteCart,
): Promise<CheckoutRequest> {
  const request = {
    ...key(),
    cartId,
    email: 'ann@example.com',
    shippingAddress: { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
    // Where there is no quote, the checkout has to say why by itself.
    expectedTotalMinor: 0n,
    ...more,
  };
  if (more.expectedTotalMinor !== undefined) return request;
  const { countryCode, region, postalCode } = request.shippingAddress;
  const destination = { countryCode, region, postalCode };
  const adjustments = request.adjustments;
  const quoted = await quote(shop.em(), { cartId, destination, adjustments }).catch(() => undefined);
  return { ...request, expectedTotalMinor: quoted?.totalMinor ?? 0n };
}

/** A placed order and its lines, in the order of the quantities. */
export interface PlacedTestOrder {
  orderId: string;
  lineIds: string[];
  /** The first of the lines. */
  lineId: string;
}

/** A pending order with a number of units of each variant, at 10.00 EUR each. */
export async function placeOrder(
  shop: OpenShop,
  quantities: Record<string, number>,
): Promise<PlacedTestOrder> {
  const cartId = await shop.cart(quantities);
  const { id } = await checkout(shop.em(), await checkoutRequest(shop, cartId));
  const lines = await shop.rows<{ id: string; variant_id: string }>(
    `select id, variant_id from order_line where order_id = '${id}'`,
  );
  const lineIds = Object.keys(quantities).map(
    (variantId) => lines.find((line) => line.variant_id === variantId)?.id ?? '',
  );
  return { orderId: id, lineIds, lineId: lineIds[0] ?? '' };
}

/** Like {@link placeOrder}, authorized in full, and so confirmed. */
export async function placePaidOrder(
  shop: OpenShop,
  provider: InMemoryPaymentProvider,
  quantities: Record<string, number>,
): Promise<PlacedTestOrder & { paymentId: string }> {
  const order = await placeOrder(shop, quantities);
  const { paymentId } = await authorizePayment(shop.em(), provider, {
    ...key(),
    orderId: order.orderId,
    paymentMethod: 'tok',
  });
  return { ...order, paymentId };
}

/** Lets the holds of an order expire a minute ago. */
export async function expireHoldsOf(shop: OpenShop, orderId: string): Promise<void> {
  await shop.rows(`update stock_reservation set expires_at = now() - interval '1 minute'
    where order_line_id in (select id from order_line where order_id = '${orderId}')`);
}

/** The code of each operation's error, or `done`, sorted. */
export async function outcomes(operations: Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(operations);
  return results
    .map((result) => (result.status === 'fulfilled' ? 'done' : String(result.reason.code ?? result.reason)))
    .toSorted();
}

/** A superuser's session until the end of the test: for what the application may not do. */
export async function superuser(shop: OpenShop): Promise<Client> {
  const url = new URL(String(shop.orm.config.get('clientUrl')));
  // The sessions of the application are a superuser's in its role.
  url.searchParams.delete('options');
  const client = new Client({ connectionString: url.href });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Waits until this many sessions of the client's database wait for a lock. */
export async function waitForLocks(client: Client, sessions: number): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await client.query(waiting)).rowCount !== sessions) await setTimeout(1);
}

// Tests refund and dispute what is to be shipped, and delete a product's only variant by plain SQL: that is for the shop
// to look at, and breaks no rule.
const madeByTests = new Set(['order.unpaid-goods', 'product.variants']);

/** Expects every invariant of the shop to hold. */
export async function expectInvariants(shop: OpenShop): Promise<void> {
  const report = await validate({ url: String(shop.orm.config.get('clientUrl')), checks: shopChecks() });
  const wrong = report.checks.filter((check) => check.state === 'failed' || check.state === 'error');
  expect(wrong.filter(({ id }) => !madeByTests.has(id))).toEqual([]);
}
