/** What became of the rows of a table. */
export interface RowReport {
  created: number;
  updated: number;
  unchanged: number;
}

/** Counts rows by what became of them. */
export function countRows(rows: readonly { created: boolean; updated: boolean }[]): RowReport {
  const created = rows.filter((row) => row.created).length;
  const updated = rows.filter((row) => row.updated).length;
  return { created, updated, unchanged: rows.length - created - updated };
}
