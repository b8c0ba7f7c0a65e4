import { rdsRegions, rdsRegionsAsOf } from './rds-regions.ts';

/**
 * What is wrong with the name of a region.
 *
 * @returns undefined for a region that has RDS; otherwise a text with the nearest real name
 */
export function regionFault(name: string): string | undefined {
  if (rdsRegions.has(name)) return undefined;
  const meant = nearestRegion(name);
  return `region "${name}" is not one of the ${rdsRegions.size} AWS regions with RDS (as of ${rdsRegionsAsOf}). Did you mean ${meant}, ${rdsRegions.get(meant)}?`;
}

/** By its place where the name is one, such as Frankfurt; otherwise the name that takes the fewest changes. */
function nearestRegion(name: string): string {
  const wanted = name.trim().toLowerCase();
  const regions = [...rdsRegions];
  const byPlace = regions.find(([, place]) => wanted !== '' && place.toLowerCase().includes(`(${wanted})`));
  const byName = regions.map(([region]) => region).toSorted((a, b) => edits(wanted, a) - edits(wanted, b));
  return byPlace?.[0] ?? byName[0] ?? '';
}

/** Levenshtein's distance: characters to insert, delete or replace. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
