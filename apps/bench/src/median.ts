/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

/** Takes a figure so often, one after another, and gives the median. */
export async function medianOf(runs: number, run: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let index = 0; index < runs; index += 1) figures.push(await run());
  return median(figures);
}
