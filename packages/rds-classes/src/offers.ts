import { classTable } from './class-table.generated.ts';
import type { Engine } from './class-table.ts';

/**
 * The regions with RDS for PostgreSQL: names, `eu-west-1`, with AWS's descriptions, `Europe (Ireland)`.
 *
 * @example
 * ```ts
 * import { regions } from '@ecommerce-dms/rds-classes';
 *
 * console.log(regions.get('eu-west-1')); // Europe (Ireland)
 * ```
 */
export const regions: ReadonlyMap<string, string> = new Map(Object.entries(classTable.regions));

/** Regions by class, of each engine. */
const offers: Readonly<Record<Engine, ReadonlyMap<string, ReadonlySet<string>>>> = {
  postgres: regionsByClass('postgres'),
  'postgres-cluster': regionsByClass('postgres-cluster'),
  'aurora-postgresql': regionsByClass('aurora-postgresql'),
};

/** Every class of any engine in any region. */
export const classNames: ReadonlySet<string> = new Set(
  Object.values(offers).flatMap((byClass) => [...byClass.keys()]),
);

/** Where a class is wanted. */
export interface Place {
  /** Default: any. */
  readonly engine?: Engine;
  /** `eu-west-1`. Default: any; so is a region that the table does not have, because it may be newer. */
  readonly region?: string;
}

/**
 * The names of the classes that an engine has in a region, by family and size.
 *
 * @returns nothing for an engine that a region of the table does not have
 * @example
 * ```ts
 * import { classesOf } from '@ecommerce-dms/rds-classes';
 *
 * console.log(classesOf({ engine: 'postgres', region: 'eu-west-1' }).length);
 * ```
 */
export function classesOf(place: Place = {}): string[] {
  return [...classNames].filter((name) => isOffered(name, place));
}

export function isOffered(name: string, { engine, region }: Place): boolean {
  const engines = engine === undefined ? Object.values(offers) : [offers[engine]];
  return engines.some((byClass) => {
    const inRegions = byClass.get(name);
    return inRegions !== undefined && (region === undefined || !regions.has(region) || inRegions.has(region));
  });
}

function regionsByClass(engine: Engine): Map<string, ReadonlySet<string>> {
  const byClass = new Map<string, Set<string>>();
  for (const [family, sizes, inRegions] of classTable.offers[engine]) {
    for (const size of sizes.split(' ')) {
      const name = size === '' ? `db.${family}` : `db.${family}.${size}`;
      byClass.set(name, new Set([...(byClass.get(name) ?? []), ...inRegions.split(' ')]));
    }
  }
  return byClass;
}
