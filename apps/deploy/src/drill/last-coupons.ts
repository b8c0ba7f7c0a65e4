import { addToCart, applyCoupon, Coupon, Promotion } from '@ecommerce-dms/entities';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Buyer, refusalCode } from './buyer.ts';

/** How many orders got a coupon of limited use. */
export interface LastCoupons {
  clients: number;
  limit: number;
  used: number;
  refused: number;
}

const code = 'DRILL-10';

/** So many clients at once with a coupon that fewer orders may use. */
export async function useLastCoupons(
  orm: MikroORM,
  options: { clients: number; limit: number; variantId: string; signal: AbortSignal },
): Promise<LastCoupons> {
  const { clients, limit, variantId, signal } = options;
  const em = orm.em.fork();
  const promotion = em.create(Promotion, { name: 'A tenth off', ratePpm: 100_000 });
  em.create(Coupon, { promotion, code, usageLimit: limit });
  await em.flush();
  const buyer = new Buyer(orm, signal);
  const carts = await Promise.all(
    Array.from({ length: clients }, async () => {
      const cartId = await buyer.openCart();
      await buyer.run(addToCart, { cartId, variantId, quantity: 1 });
      await buyer.run(applyCoupon, { cartId, code }, { idempotent: true });
      return cartId;
    }),
  );
  const outcomes = await Promise.all(
    carts.map((cartId) => buyer.checkout(cartId).then(() => 'used', refusalCode)),
  );
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  return { clients, limit, used: count('used'), refused: count('coupon-refused') };
}
