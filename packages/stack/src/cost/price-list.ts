import { everywhere } from './prices/everywhere.ts';
import { euWest1 } from './prices/eu-west-1.ts';
import type { Price, PriceQuality, RegionPrices } from './prices/price.ts';
import { usEast1 } from './prices/us-east-1.ts';

/** The prices that an estimate rests on. */
export interface PriceList {
  /** Day on which the list was compiled. */
  readonly asOf: string;
  readonly eurPerUsd: { readonly rate: number; readonly source: string; readonly quality: PriceQuality };
  readonly regions: Readonly<Record<string, RegionPrices>>;
  /** What costs the same in every region. A region's own price wins. */
  readonly everywhere: RegionPrices;
}

/**
 * The price of something in a region.
 *
 * @returns undefined where there is none. An amount that is not above 0 counts as none: it would hide a cost
 */
export function priceOf({ regions, everywhere }: PriceList, region: string, key: string): Price | undefined {
  const price = regions[region]?.[key] ?? everywhere[key];
  return price !== undefined && Number.isFinite(price.usd) && price.usd > 0 ? price : undefined;
}

/** The prices that `estimateCost` uses unless it gets others. */
export const priceList: PriceList = {
  asOf: '2026-11-30',
  eurPerUsd: {
    rate: 0.8573,
    source: 'ECB reference rate of 1.1665 USD for 1 EUR, as quoted by a news page of 2026 without its day',
    quality: 'not verified',
  },
  regions: { 'eu-west-1': euWest1, 'us-east-1': usEast1 },
  everywhere,
};
