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
import { Buyer } from './buyer.ts';
import { rush } from './rush.ts';

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
  const { placed, refused } = await rush(buyer, {
    clients,
    fill: async (cartId) => void (await buyer.run(addToCart, { cartId, variantId, quantity: 1 })),
    refusal: 'out-of-stock',
  });
  return { clients, units, sold: placed, refused };
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
