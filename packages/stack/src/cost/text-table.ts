import type { Range } from './range.ts';

export type Cells = readonly string[];

/** An amount with a fixed number of decimals, as a range where its ends differ. */
export function money({ low, high }: Range, digits: number): string {
  const [from, to] = [low.toFixed(digits), high.toFixed(digits)];
  return from === to ? from : `${from} to ${to}`;
}

/**
 * Lines of aligned cells: text to the left, figures to the right.
 *
 * @param textColumns Default: the first
 */
export function align(table: readonly Cells[], textColumns: readonly number[] = [0]): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return textColumns.includes(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
