import { addToCart, applyCoupon, Coupon, Promotion } from '@ecommerce-dms/entities';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Buyer } from './buyer.ts';
import { rush } from './rush.ts';

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
  const { placed, refused } = await rush(buyer, {
    clients,
    fill: async (cartId) => {
      await buyer.run(addToCart, { cartId, variantId, quantity: 1 });
      await buyer.run(applyCoupon, { cartId, code }, { idempotent: true });
    },
    refusal: 'coupon-refused',
  });
  return { clients, limit, used: placed, refused };
}
