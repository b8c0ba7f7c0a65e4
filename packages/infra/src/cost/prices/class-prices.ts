import type { Price, PriceQuality, RegionPrices } from './price.ts';

const sizesByLarge: Readonly<Record<string, number>> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '8xlarge': 16,
  '12xlarge': 24,
  '16xlarge': 32,
};
const burstableSizes = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];
const generalSizes = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];

/** The size of a family whose price is known. */
export interface BasePrice {
  readonly size: string;
  readonly usd: number;
  readonly source: string;
  readonly quality: PriceQuality;
}

/** Prices of all sizes of a family from the one that is known: AWS prices sizes in proportion, to 0.001. */
export function familyPrices(family: string, base: BasePrice): RegionPrices {
  const { size: knownSize, usd, source, quality } = base;
  const sizes = family.startsWith('t') ? burstableSizes : generalSizes;
  return Object.fromEntries(
    sizes.map((size) => {
      const ratio = (sizesByLarge[size] ?? 0) / (sizesByLarge[knownSize] ?? 1);
      const price: Price =
        size === knownSize
          ? { usd, per: 'hour', source, quality }
          : {
              usd: Math.round(usd * ratio * 1000) / 1000,
              per: 'hour',
              source: `in proportion to db.${family}.${knownSize}: ${source}`,
              quality: quality === 'not verified' ? quality : 'derived',
            };
      return [`rds.instance.db.${family}.${size}`, price];
    }),
  );
}
