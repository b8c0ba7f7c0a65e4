import type { Draw } from '@ecommerce-dms/seeder';
import { type CatalogContext, drawVariants, type SeedVariant } from '../catalog/seed.ts';
import { couponFor, type PromotionContext, type SeedCoupon } from '../promotion/seed.ts';

export interface SeedLine {
  variant: SeedVariant;
  quantity: number;
  totalMinor: number;
  discountMinor: number;
  taxMinor: number;
  /** What the tax is charged on. */
  netMinor: number;
}

export interface Basket {
  /** Whether the amounts include the tax. */
  taxIncluded: boolean;
  lines: readonly SeedLine[];
  subtotalMinor: number;
  discountMinor: number;
  shippingMinor: number;
  taxMinor: number;
  totalMinor: number;
  shippingMethod: 'standard' | 'express';
  coupon: SeedCoupon | undefined;
}

const couponShare = 0.12;
/** The tax of the seed's orders. */
export const seedTax = { code: 'sales-tax', ratePpm: 82_500 };
const million = 1_000_000;
/** Orders of prices that include tax, where those of the currency do not, and the other way round. */
const otherModeShare = 0.1;
/** In units of the currency. */
const freeShippingFrom = 75;
const shippingFee = { standard: 4.95, express: 12.95 };

/** What an order contains and costs. Discount and tax are rounded once a line; their sums are the order's. */
export function drawBasket(draw: Draw, context: CatalogContext & PromotionContext): Basket {
  const hasCoupon = draw.chance(couponShare);
  const taxIncluded = draw.chance(otherModeShare) !== context.taxIncluded;
  const chosen = drawVariants(draw, context);
  const subtotalMinor = sum(chosen, ({ variant, quantity }) => quantity * variant.priceMinor);
  const coupon = hasCoupon ? couponFor(context.coupons, subtotalMinor) : undefined;
  const ratePpm = coupon?.ratePpm ?? 0;
  const lines = chosen.map(({ variant, quantity }) => {
    const totalMinor = quantity * variant.priceMinor;
    const discountMinor = Math.round((totalMinor * ratePpm) / million);
    const chargedMinor = totalMinor - discountMinor;
    const base = taxIncluded ? million + seedTax.ratePpm : million;
    const taxMinor = variant.taxable ? Math.round((chargedMinor * seedTax.ratePpm) / base) : 0;
    const netMinor = taxIncluded ? chargedMinor - taxMinor : chargedMinor;
    return { variant, quantity, totalMinor, discountMinor, taxMinor, netMinor };
  });
  const discountMinor = sum(lines, (line) => line.discountMinor);
  const taxMinor = sum(lines, (line) => line.taxMinor);

  const shippingMethod = draw.chance(0.2) ? 'express' : 'standard';
  const isFree = shippingMethod === 'standard' && subtotalMinor >= freeShippingFrom * context.minorPerUnit;
  const shippingMinor = isFree ? 0 : Math.round(shippingFee[shippingMethod] * context.minorPerUnit);
  const totalMinor = subtotalMinor - discountMinor + shippingMinor + (taxIncluded ? 0 : taxMinor);
  const amounts = { subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor };
  return { ...amounts, taxIncluded, lines, shippingMethod, coupon };
}

function sum<Line>(lines: readonly Line[], amount: (line: Line) => number): number {
  return lines.reduce((total, line) => total + amount(line), 0);
}
