import { UserError } from '@ecommerce-dms/errors';

/** Why a cell, a row or a product of the file can't be imported. */
export interface CatalogFault {
  readonly file: string;
  /** From 1, the header's line included; a row that spans lines counts from its first one. */
  readonly line: number;
  /** The header as the file spells it; null where the fault is of the whole row. */
  readonly column: string | null;
  /** The cell as it stands in the file, cut after 100 characters. */
  readonly value: string;
  /** A clause that completes "this cell ...". */
  readonly reason: string;
  /** The product that the fault keeps out; null where the row does not tell. */
  readonly handle: string | null;
}

const shownLength = 100;

/** The value as faults carry it: cut after 100 characters. */
export function shortened(value: string): string {
  return value.length <= shownLength ? value : `${value.slice(0, shownLength)}...`;
}

/** One line for people: `apparel.csv:12: Variant Price "ten": is not a number`. */
export function formatCatalogFault({ file, line, column, value, reason }: CatalogFault): string {
  const cell = column === null ? '' : ` ${column} ${JSON.stringify(value)}:`;
  return `${file}:${line}:${cell} ${reason}`;
}

/** The failure of a catalog with faults: all of them, a line each. Exit code 2. */
export function catalogFaultsError(file: string, faults: readonly CatalogFault[]): UserError {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new UserError(
    'invalid-catalog',
    `${file} has ${count}; nothing was imported.\n${faults.map(formatCatalogFault).join('\n')}`,
    { hint: 'Fix these cells, or leave the products that they belong to out with --skip-invalid.' },
  );
}
