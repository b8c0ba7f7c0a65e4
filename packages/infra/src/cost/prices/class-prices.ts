import type { Price, PriceQuality, RegionPrices } from '../price-list.ts';

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

/**
 * Prices of all sizes of a family from the one of `large`: AWS prices sizes in proportion, rounded to 0.001.
 */
export function familyPrices(
  family: string,
  large: { usd: number; source: string; quality: PriceQuality },
): RegionPrices {
  const sizes = family.startsWith('t') ? burstableSizes : generalSizes;
  return Object.fromEntries(
    sizes.map((size) => {
      const usd = Math.round(large.usd * (sizesByLarge[size] ?? 0) * 1000) / 1000;
      const price: Price =
        size === 'large'
          ? { ...large, per: 'hour' }
          : {
              usd,
              per: 'hour',
              source: `in proportion to db.${family}.large: ${large.source}`,
              quality: large.quality === 'not verified' ? 'not verified' : 'derived',
            };
      return [`rds.instance.db.${family}.${size}`, price];
    }),
  );
}
