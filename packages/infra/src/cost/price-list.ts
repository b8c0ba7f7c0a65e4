import { euWest1 } from './prices/eu-west-1.ts';
import type { PriceQuality, RegionPrices } from './prices/price.ts';
import { usEast1 } from './prices/us-east-1.ts';

export interface PriceList {
  /** Day on which the list was put together. */
  readonly asOf: string;
  readonly eurPerUsd: { readonly rate: number; readonly source: string; readonly quality: PriceQuality };
  readonly regions: Readonly<Record<string, RegionPrices>>;
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
};
