import { randomUUID } from 'node:crypto';
import {
  addToCart,
  applyCoupon,
  type CheckoutRequest,
  getCart,
  mergeCarts,
  openCart,
  type PlacedOrder,
  refreshCart,
  removeCartLine,
  removeCoupon,
  updateCartLine,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';
import { countries } from '../market.ts';

/** A visit to the shop: a cart, 1 to 4 additions, in nine cases of ten a checkout. */
export async function buy(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const { countryCode, currencyCode } = random.pick(countries) ?? countries[0];
  const customerId = random.chance(30) ? market.customerIds.pick(random) : undefined;
  const cart = await client.run(openCart, {
    currencyCode,
    ...(customerId === undefined ? {} : { customerId }),
    metadata: { drill: random.below(100) },
  });
  if (cart === undefined) return;
  tally.acknowledge('cart', cart.id);
  await fill(client, cart.id);
  if (random.chance(30)) await change(client, cart.id);
  if (random.chance(90)) await checkOut(client, cart.id, countryCode);
  else market.cartIds.add(cart.id);
}

async function fill(client: Client, cartId: string): Promise<void> {
  const { market, random } = client;
  for (let additions = random.upTo(4); additions > 0; additions--) {
    const ware = market.wares.pick(random);
    if (ware === undefined) return;
    const properties = random.chance(20) ? { properties: { engraving: `No. ${random.below(3)}` } } : {};
    const line = { cartId, variantId: ware.variantId, quantity: random.upTo(3), ...properties };
    await client.keyed(addToCart, line);
  }
}

/** What buyers do with a cart before they check out. */
async function change(client: Client, cartId: string): Promise<void> {
  const { market, random } = client;
  const cart = await client.read(getCart, { cartId });
  const line = random.pick(cart?.lines ?? []);
  if (line === undefined) return;
  const { lineId } = line;
  await random.weighted<() => Promise<unknown>>([
    [3, () => client.keyed(updateCartLine, { cartId, lineId, quantity: random.upTo(4) })],
    [1, () => client.keyed(removeCartLine, { cartId, lineId })],
    [3, () => enterCoupon(client, cartId)],
    [2, () => client.run(refreshCart, { cartId }, { idempotent: true })],
    [
      1,
      async () => {
        const sourceCartId = market.cartIds.pick(random);
        if (sourceCartId !== undefined && sourceCartId !== cartId)
          await client.run(mergeCarts, { sourceCartId, targetCartId: cartId }, { idempotent: true });
      },
    ],
  ])();
}

/** Some enter a second one, or think better of it. */
async function enterCoupon(client: Client, cartId: string): Promise<void> {
  const { market, random } = client;
  for (let coupons = random.upTo(2); coupons > 0; coupons--) {
    const code = market.couponCodes.pick(random);
    if (code === undefined) return;
    await client.run(applyCoupon, { cartId, code }, { idempotent: true });
    if (random.chance(10)) await client.run(removeCoupon, { cartId }, { idempotent: true });
  }
}

/** One checkout in five is sent twice at once. */
async function checkOut(
  { buyer, market, random, tally }: Client,
  cartId: string,
  countryCode: string,
): Promise<void> {
  const request = await tally.done('quoteCart', () => buyer.agree(cartId, countryCode));
  if (request === undefined) return;
  const email = `${randomUUID()}@example.com`;
  // The shortest hold: what nobody has paid by then is cancelled.
  const hold = random.chance(30) ? { holdMinutes: 1 } : {};
  const send = (request: CheckoutRequest) => tally.done('checkout', () => buyer.checkout(request));
  const clicks = random.chance(20) ? 2 : 1;
  const placed = await Promise.all(
    Array.from({ length: clicks }, () => send({ ...request, ...hold, email })),
  );
  const orders = placed.filter((order) => order !== undefined);
  for (const order of orders) note(order, cartId);

  function note(order: PlacedOrder, cartId: string): void {
    if (order.id !== orders[0]?.id) tally.contradictions.push(`checkout: ${order.id} and ${orders[0]?.id}`);
    else if (order === orders[0]) {
      tally.placed.push({ ...order, cartId });
      market.orderIds.add(order.id);
    }
  }
}
