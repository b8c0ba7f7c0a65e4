import { classesOf, instanceClass } from '@ecommerce-dms/rds-classes';
import type { Figure, RegionPrices } from './price.ts';

/**
 * Prices of all sizes of a family that a region has, from the one that is known: AWS prices sizes in proportion, to
 * 0.001, and their memory grows likewise.
 *
 * @param known class whose figure it is: `db.m7g.large`
 */
export function familyPrices(region: string, known: string, figure: Figure): RegionPrices {
  const family = known.slice(0, known.lastIndexOf('.') + 1);
  const names = classesOf({ engine: 'postgres', region }).filter((name) => name.startsWith(family));
  return Object.fromEntries(
    names.map((name) => [
      `rds.instance.${name}`,
      { per: 'hour', ...(name === known ? figure : inProportion(name, known, figure)) },
    ]),
  );
}

function inProportion(name: string, known: string, { usd, source, quality }: Figure): Figure {
  return {
    usd: Math.round((usd / memoryGib(known)) * memoryGib(name) * 1000) / 1000,
    source: `in proportion to ${known}: ${source}`,
    quality: quality === 'not verified' ? quality : 'derived',
  };
}

function memoryGib(name: string): number {
  return instanceClass(name)?.memoryGib ?? Number.NaN;
}
