import { UserError } from '@ecommerce-dms/errors';

/** A reason why a cell, a row or a product of the file cannot be imported. */
export interface CatalogFault {
  readonly file: string;
  /** From 1, the header included; of a row with several lines, the first. */
  readonly line: number;
  /** The header as the file spells it; null for a fault of the whole row. */
  readonly column: string | null;
  /** The cell as it is in the file, cut after 100 characters. */
  readonly value: string;
  /** A clause that completes "this cell ...". */
  readonly reason: string;
  /** The product that is not imported because of it; null where the row names none. */
  readonly handle: string | null;
}

const shownLength = 100;

/** The value as faults show it: cut after 100 characters. */
export function shortened(value: string): string {
  return value.length <= shownLength ? value : `${value.slice(0, shownLength)}...`;
}

/** The fault as a line of text: `apparel.csv:12: Variant Price "ten": is not a decimal number like 19.90`. */
export function formatCatalogFault({ file, line, column, value, reason }: CatalogFault): string {
  const cell = column === null ? '' : ` ${column} ${JSON.stringify(value)}:`;
  return `${file}:${line}:${cell} ${reason}`;
}

/** The error of a catalog with faults, which lists them all, a line each. Exit code 2. */
export function catalogFaultsError(file: string, faults: readonly CatalogFault[]): UserError {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new UserError(
    'invalid-catalog',
    `${file} has ${count}; nothing was imported.\n${faults.map(formatCatalogFault).join('\n')}`,
    { hint: 'Fix these cells, or leave the products that they belong to out with --skip-invalid.' },
  );
}
