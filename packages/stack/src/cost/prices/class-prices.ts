import { classesOf, instanceClass } from '@ecommerce-dms/rds-classes';
import type { Price, PriceQuality, RegionPrices } from './price.ts';

/** The class of a family whose price is known. */
export interface BasePrice {
  readonly region: string;
  /** `db.m7g.large`. */
  readonly name: string;
  readonly usd: number;
  readonly source: string;
  readonly quality: PriceQuality;
}

/**
 * Prices of all sizes of a family that the region has, from the one that is known: AWS prices sizes in proportion, to
 * 0.001, and so does their memory grow.
 */
export function familyPrices({ region, name: known, usd, source, quality }: BasePrice): RegionPrices {
  const family = known.slice(0, known.lastIndexOf('.') + 1);
  const perGib = usd / memoryGib(known);
  return Object.fromEntries(
    classesOf({ engine: 'postgres', region })
      .filter((name) => name.startsWith(family))
      .map((name) => {
        const price: Price =
          name === known
            ? { usd, per: 'hour', source, quality }
            : {
                usd: Math.round(perGib * memoryGib(name) * 1000) / 1000,
                per: 'hour',
                source: `in proportion to ${known}: ${source}`,
                quality: quality === 'not verified' ? quality : 'derived',
              };
        return [`rds.instance.${name}`, price];
      }),
  );
}

function memoryGib(name: string): number {
  return instanceClass(name)?.memoryGib ?? Number.NaN;
}
