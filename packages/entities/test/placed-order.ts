import { randomUUID } from 'node:crypto';
import { validate } from '@ecommerce-dms/validator';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { expect, onTestFinished } from 'vitest';
import { shopChecks } from '../src/checks/index.ts';
import { authorizePayment, checkout, receiveStock } from '../src/index.ts';
import type { InMemoryPaymentProvider } from '../src/testing/index.ts';
import type { OpenShop } from './open-shop.ts';

/** A key of its own. */
export const key = () => ({ idempotencyKey: randomUUID() });

/** A session of the shop's application. */
export const session = (shop: OpenShop): EntityManager => shop.orm.em.fork();

/** The id of the location with this index of {@link stockedVariant}. */
export async function locationId(shop: OpenShop, index = 0): Promise<string> {
  const [row] = await shop.rows<{ id: string }>(
    `select id from stock_location where code = 'location-${index}'`,
  );
  return row?.id ?? '';
}

/** A variant of which so many units were received at each of the locations. */
export async function stockedVariant(shop: OpenShop, ...units: number[]): Promise<string> {
  const variantId = await shop.offer(...units.map(() => 0));
  for (const [index, quantity] of units.entries()) {
    if (quantity === 0) continue;
    await receiveStock(session(shop), {
      ...key(),
      locationId: await locationId(shop, index),
      lines: [{ variantId, quantity }],
    });
  }
  return variantId;
}

/** A placed order and its lines, in the order of the quantities. */
export interface PlacedTestOrder {
  orderId: string;
  lineIds: string[];
}

/** A pending order of so many units of each variant, at 10.00 EUR each. */
export async function placeOrder(
  shop: OpenShop,
  quantities: Record<string, number>,
): Promise<PlacedTestOrder> {
  const cartId = await shop.cart(quantities);
  const { id } = await checkout(session(shop), {
    ...key(),
    cartId,
    email: 'ann@example.com',
    shippingAddress: { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
  });
  const lines = await shop.rows<{ id: string; variant_id: string }>(
    `select id, variant_id from order_line where order_id = '${id}'`,
  );
  const lineIds = Object.keys(quantities).map(
    (variantId) => lines.find((line) => line.variant_id === variantId)?.id ?? '',
  );
  return { orderId: id, lineIds };
}

/** Like {@link placeOrder}, authorized in full, and so confirmed. */
export async function placePaidOrder(
  shop: OpenShop,
  provider: InMemoryPaymentProvider,
  quantities: Record<string, number>,
): Promise<PlacedTestOrder & { paymentId: string }> {
  const order = await placeOrder(shop, quantities);
  const { paymentId } = await authorizePayment(session(shop), provider, {
    ...key(),
    orderId: order.orderId,
    paymentMethod: 'tok',
  });
  return { ...order, paymentId };
}

/** Code of the error of each operation, or `done`, sorted. */
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

/** Expects every invariant of the shop to hold. */
export async function expectSound(shop: OpenShop): Promise<void> {
  const report = await validate({ url: String(shop.orm.config.get('clientUrl')), checks: shopChecks() });
  expect(report.checks.filter((check) => check.state === 'failed' || check.state === 'error')).toEqual([]);
}
