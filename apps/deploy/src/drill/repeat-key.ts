import { addToCart } from '@ecommerce-dms/entities';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Buyer } from './buyer.ts';

/** How many orders one key made. */
export interface RepeatedKey {
  requests: number;
  orders: number;
}

const requests = 50;

/** One checkout, sent 50 times at once with the same key. */
export async function repeatKey(
  orm: MikroORM,
  { variantId, signal }: { variantId: string; signal: AbortSignal },
): Promise<RepeatedKey> {
  const buyer = new Buyer(orm, signal);
  const cartId = await buyer.openCart();
  await buyer.run(addToCart, { cartId, variantId, quantity: 1 });
  const request = await buyer.agree(cartId);
  const placed = await Promise.all(Array.from({ length: requests }, () => buyer.checkout(request)));
  return { requests, orders: new Set(placed.map(({ id }) => id)).size };
}
