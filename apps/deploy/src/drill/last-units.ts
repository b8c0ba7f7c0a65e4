import {
  addToCart,
  Currency,
  Price,
  Product,
  ProductVariant,
  StockLevel,
  StockLocation,
  StockMovement,
} from '@ecommerce-dms/entities';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Buyer, refusalCode } from './buyer.ts';

/** What many clients got of the last units. */
export interface LastUnits {
  clients: number;
  units: number;
  sold: number;
  refused: number;
}

/** So many clients at once for the last units of a variant, one each. */
export async function sellLastUnits(
  orm: MikroORM,
  { clients, units, signal }: { clients: number; units: number; signal: AbortSignal },
): Promise<LastUnits> {
  const variantId = await offerUnits(orm, units);
  const buyer = new Buyer(orm, signal);
  const carts = await Promise.all(
    Array.from({ length: clients }, async () => {
      const cartId = await buyer.openCart();
      await buyer.run(addToCart, { cartId, variantId, quantity: 1 });
      return cartId;
    }),
  );
  const outcomes = await Promise.all(
    carts.map((cartId) => buyer.checkout(cartId).then(() => 'sold', refusalCode)),
  );
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  return { clients, units, sold: count('sold'), refused: count('out-of-stock') };
}

async function offerUnits(orm: MikroORM, units: number): Promise<string> {
  const em = orm.em.fork();
  const product = em.create(Product, { handle: 'last-units', title: 'Last units', status: 'active' });
  const variant = em.create(ProductVariant, { product, title: 'Default', sku: 'LAST-UNITS' });
  em.create(Price, { variant, currency: em.getReference(Currency, 'USD'), amountMinor: 1000n });
  const location = await em.findOneOrFail(StockLocation, { active: true });
  const level = em.create(StockLevel, { variant, location, onHand: units });
  em.create(StockMovement, { level, kind: 'receipt', quantity: units });
  await em.flush();
  return variant.id;
}
