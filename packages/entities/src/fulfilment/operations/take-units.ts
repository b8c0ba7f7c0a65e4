/**
 * Takes `quantity` units from the sources in their order, at most `availableOf` of each, and fewer where there are not
 * so many.
 *
 * @returns the sources that units are taken from, each with its `units`
 */
export function takeUnits<Source extends object>(
  sources: readonly Source[],
  quantity: number,
  availableOf: (source: Source) => number,
): (Source & { units: number })[] {
  let missing = quantity;
  return sources.flatMap((source) => {
    const units = Math.min(missing, availableOf(source));
    missing -= units;
    return units > 0 ? [{ ...source, units }] : [];
  });
}
