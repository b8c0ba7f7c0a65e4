import { everywhere } from './prices/everywhere.ts';
import { euWest1 } from './prices/eu-west-1.ts';
import { usEast1 } from './prices/us-east-1.ts';

/**
 * How far a figure can be trusted, best first: AWS's own list, somebody's bill, the output of an estimator or a
 * published article, computed from another figure, or from memory.
 */
export type PriceQuality = 'price list' | 'bill' | 'published' | 'derived' | 'not verified';

export interface Price {
  readonly usd: number;
  readonly per: 'hour' | 'month' | 'GB' | 'million' | 'GB-month' | 'IOPS-month' | 'MiB/s-month';
  /** Where the figure is from, and of when it is. */
  readonly source: string;
  readonly quality: PriceQuality;
}

/** By what is paid for: `rds.instance.db.t4g.micro`, `nat.hour`. On demand, without any free tier. */
export type RegionPrices = Readonly<Record<string, Price>>;

export interface PriceList {
  /** Day on which the list was put together. */
  readonly asOf: string;
  readonly eurPerUsd: { readonly rate: number; readonly source: string; readonly quality: PriceQuality };
  readonly regions: Readonly<Record<string, RegionPrices>>;
  /** What costs the same in every region. A region's own price wins. */
  readonly everywhere: RegionPrices;
}

const hourly = /^(rds\.(instance|cluster|insights)|aurora\.instance|ec2)\./;

/** What something is paid by: that of the prices in the list, and for a class or a machine the hour; otherwise undefined. */
export function unitOf(key: string): Price['per'] | undefined {
  const known = [...Object.values(priceList.regions), priceList.everywhere].find((prices) => key in prices);
  return known?.[key]?.per ?? (hourly.test(key) ? 'hour' : undefined);
}

/**
 * The price of something in a region.
 *
 * @returns undefined for what has none. An amount of 0 or less, or none at all, is no price: it would hide a cost
 */
export function priceOf({ regions, everywhere }: PriceList, region: string, key: string): Price | undefined {
  const price = regions[region]?.[key] ?? everywhere[key];
  return price !== undefined && Number.isFinite(price.usd) && price.usd > 0 ? price : undefined;
}

/** The prices that `estimateCost` uses unless it gets others. */
export const priceList: PriceList = {
  asOf: '2026-11-22',
  eurPerUsd: {
    rate: 0.8573,
    source: 'ECB reference rate of 1.1665 USD for 1 EUR, as quoted by a news page without its day',
    quality: 'not verified',
  },
  regions: { 'eu-west-1': euWest1, 'us-east-1': usEast1 },
  everywhere,
};
