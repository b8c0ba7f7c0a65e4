/** Rows as aligned columns, two spaces apart. Columns named in `right` are aligned to the right. */
export function table(rows: string[][], options: { right?: number[]; indent?: number } = {}): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  const pad = (cell: string, index: number): string => {
    const width = widths[index] ?? 0;
    return options.right?.includes(index) ? cell.padStart(width) : cell.padEnd(width);
  };
  const indent = ' '.repeat(options.indent ?? 0);
  return rows.map((row) => (indent + row.map(pad).join('  ')).trimEnd()).join('\n');
}
