import { euWest1 } from './prices/eu-west-1.ts';
import { usEast1 } from './prices/us-east-1.ts';

/**
 * How far a figure can be trusted, best first: AWS's own list, somebody's bill, the output of an estimator or a
 * published article, computed from another figure, or carried over from
 * another region or from a source that leaves a doubt.
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
};
