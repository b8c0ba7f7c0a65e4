import { classTable } from './class-table.generated.ts';
import { changesBetween } from './nearest-names.ts';
import { regions } from './offers.ts';

/**
 * What is wrong with the name of a region, as a sentence.
 *
 * @returns undefined for a region that has RDS; otherwise the fault with the nearest real name
 * @example
 * ```ts
 * import { regionFault } from '@ecommerce-dms/rds-classes';
 *
 * console.log(regionFault('eu-wset-1')); // ... Did you mean eu-west-1, Europe (Ireland)?
 * ```
 */
export function regionFault(name: string): string | undefined {
  if (regions.has(name)) return undefined;
  const meant = nearestRegion(name.trim().toLowerCase());
  return `region "${name}" is not one of the ${regions.size} AWS regions with RDS (as of ${classTable.sources[0]?.date}). Did you mean ${meant}, ${regions.get(meant)}?`;
}

/** By its place where the name is one, such as Frankfurt; otherwise the name that takes the fewest changes. */
function nearestRegion(wanted: string): string {
  const byPlace = [...regions].find(
    ([, place]) => wanted !== '' && place.toLowerCase().includes(`(${wanted})`),
  );
  const byName = [...regions.keys()].toSorted(
    (a, b) => changesBetween(wanted, a) - changesBetween(wanted, b),
  );
  return byPlace?.[0] ?? byName[0] ?? '';
}
