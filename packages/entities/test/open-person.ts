import { randomUUID } from 'node:crypto';
import {
  addAddress,
  addToCart,
  linkIdentity,
  requestEmailVerification,
  setMetadata,
  updateProfile,
} from '../src/index.ts';
import { openAccount, openSession } from './account.ts';
import type { OpenShop } from './open-shop.ts';
import { checkout, stockedVariant } from './placed-order.ts';

/** An address whose every part contains `name`. */
export function addressOf(name: string) {
  return {
    fullName: `${name} Miller`,
    company: `${name} Ltd`,
    line1: `1 ${name} St`,
    line2: `Flat ${name}`,
    city: `${name}ville`,
    region: `${name}shire`,
    postalCode: `${name}-1`,
    countryCode: 'US',
    phone: `${name}-555`,
  };
}

/** An open cart of a customer with one unit of a new variant. */
export async function cartOf(shop: OpenShop, customerId: string, engraving?: string): Promise<string> {
  const variantId = await stockedVariant(shop, 9);
  if (engraving === undefined) return await shop.cart({ [variantId]: 1 }, customerId);
  const cartId = await shop.cart({}, customerId);
  await addToCart(shop.em(), { cartId, variantId, quantity: 1, properties: { engraving } });
  return cartId;
}

/** An order of 10.00 EUR plus 5.00 EUR shipping, in whose addresses is `name`. */
export async function orderOf(shop: OpenShop, cartId: string, name: string) {
  return await checkout(shop.em(), {
    idempotencyKey: randomUUID(),
    cartId,
    email: `${name}@example.com`,
    shippingAddress: addressOf(name),
    adjustments: [{ kind: 'shipping', code: 'standard', amountMinor: 500n }],
    expectedTotalMinor: 1500n,
    metadata: { name },
  });
}

/** A customer with one of everything that a shop has of a person, whose every text contains `name`. */
export async function openPerson(shop: OpenShop, name: string): Promise<string> {
  const em = shop.em();
  const customerId = await openAccount(shop, `${name}@example.com`);
  const phone = `${name}-555`;
  const metadata = { name };
  const names = { firstName: name, lastName: name };
  await updateProfile(em, { customerId, ...names, phone, acceptsMarketing: true, metadata });
  await linkIdentity(em, { customerId, provider: 'google', subject: name });
  await addAddress(em, { customerId, ...addressOf(name) });
  await requestEmailVerification(em, { customerId });
  await openSession(shop, customerId);
  await orderOf(shop, await cartOf(shop, customerId, name), name);
  await setMetadata(em, { of: 'cart', id: await cartOf(shop, customerId, name), metadata });
  return customerId;
}
