import { randomUUID } from 'node:crypto';
import {
  checkoutWith,
  Coupon,
  createLocation,
  loadTaxRates,
  orderEditsWith,
  type PaymentProvider,
  Promotion,
  receiveStock,
  setPrice,
  setTaxIncluded,
  setTaxRate,
  type TaxCalculator,
  taxByRegion,
} from '@ecommerce-dms/entities';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Buyer } from '../buyer.ts';
import type { DrillProvider } from './drill-provider.ts';
import { Pool } from './pool.ts';

/** Where buyers live: prices have the tax in them, or it is added. */
export const countries = [
  { countryCode: 'US', currencyCode: 'USD' },
  { countryCode: 'DE', currencyCode: 'EUR' },
] as const;

/** What buyers use first; fewer may than do. */
const couponCode = 'DRILL-MIXED';

/** A variant, and the product whose page shows it. */
export interface Ware {
  variantId: string;
  productId: string;
  handle: string;
}

/** What all clients share: the provider, what there is to buy, and what they have made of it lately. */
export class Market {
  readonly provider: DrillProvider;
  readonly wares = new Pool<Ware>();
  readonly orderIds = new Pool<string>();
  readonly cartIds = new Pool<string>();
  readonly customerIds = new Pool<string>();
  readonly paymentIds = new Pool<string>();
  readonly shipments = new Pool<{ orderId: string; shipmentId: string }>();
  readonly returns = new Pool<{ orderId: string; returnId: string }>();
  readonly promotionIds = new Pool<string>();
  readonly couponCodes = new Pool<string>();
  locationIds: string[] = [];
  #tax: TaxCalculator = () => [];

  constructor(provider: DrillProvider) {
    this.provider = provider;
  }

  /** The operations of a checkout, with the rates of the last {@link readRates}. */
  readonly pricing = checkoutWith({
    shipping: () => [{ code: 'standard', amountMinor: 499n }],
    tax: (basket, shipping) => this.#tax(basket, shipping),
  });

  /** The edits of orders, with the same rates. */
  readonly edits = orderEditsWith({ tax: (basket, shipping) => this.#tax(basket, shipping) });

  async readRates(buyer: Buyer): Promise<void> {
    const rates = await buyer.run((em) => loadTaxRates(em), undefined, { idempotent: true });
    this.#tax = taxByRegion(rates, { rounding: 'line' });
  }

  /** An operation with the provider, as one of the others. */
  at<Input, Result>(
    operation: (em: EntityManager, provider: PaymentProvider, input: Input) => Promise<Result>,
  ): (em: EntityManager, input: Input) => Promise<Result> {
    const bound = (em: EntityManager, input: Input) => operation(em, this.provider, input);
    return Object.defineProperty(bound, 'name', { value: operation.name });
  }
}

/** Prices with tax in EUR beside those without in USD, rates, a second location, stock, and a coupon. */
export async function openMarket(
  buyer: Buyer,
  market: Market,
  { wares, locationIds }: { wares: Ware[]; locationIds: string[] },
): Promise<void> {
  const set = { idempotent: true };
  await buyer.run(setTaxIncluded, { currency: 'EUR', taxIncluded: true }, set);
  for (const [countryCode, code, ratePpm] of [
    ['US', 'Sales tax', 88_750],
    ['DE', 'VAT', 190_000],
  ] as const) {
    await buyer.run(setTaxRate, { countryCode, code, ratePpm }, set);
  }
  for (const [index, ware] of wares.entries()) {
    const price = { variantId: ware.variantId, currency: 'EUR', amountMinor: 333n + 166n * BigInt(index) };
    await buyer.run(setPrice, price, set);
    market.wares.add(ware);
  }
  const { locationId } = await buyer.run(createLocation, { code: 'drill', name: 'Drill' });
  market.locationIds = [...locationIds, locationId];
  for (const locationId of market.locationIds) {
    const lines = wares.map(({ variantId }) => ({ variantId, quantity: 100 }));
    await buyer.run(receiveStock, { idempotencyKey: randomUUID(), locationId, lines });
  }
  await buyer.run(offerCoupon, undefined);
  market.couponCodes.add(couponCode);
  await market.readRates(buyer);
}

async function offerCoupon(em: EntityManager): Promise<void> {
  const promotion = em.create(Promotion, { name: 'A seventh off', ratePpm: 142_857 });
  em.create(Coupon, { promotion, code: couponCode, usageLimit: 40 });
  await em.flush();
}
