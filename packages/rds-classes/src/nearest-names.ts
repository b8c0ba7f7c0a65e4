/** More changes than this make another name. */
const mostChanges = 3;

/**
 * The names that take the fewest changes to get from what was written: a character more, less, other, or two swapped.
 *
 * @returns at most 3, of the same number of changes, newer generations first; none where all are far off
 */
export function nearestNames(written: string, names: readonly string[]): string[] {
  const lower = written.toLowerCase();
  const changes = names.map((name) => ({ name, count: changesBetween(lower, name) }));
  const fewest = Math.min(...changes.map(({ count }) => count));
  if (fewest > mostChanges) return [];
  const nearest = changes.filter(({ count }) => count === fewest).map(({ name }) => name);
  return newestFirst(nearest).slice(0, 3);
}

export function newestFirst(names: readonly string[]): string[] {
  return names.toSorted((a, b) => generation(b) - generation(a));
}

/** `db.m7g.large` is of generation 7. */
function generation(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

/** Optimal string alignment distance. */
export function changesBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + same,
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
