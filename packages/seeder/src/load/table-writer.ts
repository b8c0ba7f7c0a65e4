import { UserError } from '@ecommerce-dms/errors';
import type { PlannedTable } from '../catalog/planned-table.ts';
import type { RowBuffer } from '../encode/row-buffer.ts';
import type { Value } from '../encode/value.ts';

/** Signature, flags and the length of the header's extension, both 0. */
const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

/** A batch of rows in the format of COPY BINARY. */
export interface Batch {
  table: PlannedTable;
  /** Number of the batch's first row within the table and run, from 1. */
  firstRow: number;
  buffer: RowBuffer;
}

/** Encodes the rows of one table into a buffer. */
export class TableWriter {
  readonly table: PlannedTable;
  /** All rows so far. */
  rows = 0;
  #batchRows = 0;
  #buffer: RowBuffer;

  constructor(table: PlannedTable, buffer: RowBuffer) {
    this.table = table;
    this.#buffer = buffer;
    this.#begin();
  }

  get batchRows(): number {
    return this.#batchRows;
  }

  get batchBytes(): number {
    return this.#buffer.length;
  }

  /** @throws UserError `value-refused` with table, column and row if a value doesn't fit its column */
  write(row: Readonly<Record<string, Value>>): void {
    const buffer = this.#buffer;
    const { columns } = this.table;
    buffer.int16(columns.length);
    let column = '';
    try {
      for (const { name, encode } of columns) {
        column = name;
        const value = row[name];
        if (value === null) buffer.int32(-1);
        else if (value === undefined) throw new TypeError('is missing');
        else encode(buffer, value);
      }
    } catch (error) {
      if (error instanceof TypeError)
        throw wrongValue(this.table.name, column, this.rows + 1, row[column], error);
      throw error;
    }
    this.rows++;
    this.#batchRows++;
  }

  /** Hands the batch over and goes on in another buffer. */
  take(next: RowBuffer): Batch {
    this.#buffer.int16(-1);
    const batch = { table: this.table, firstRow: this.rows - this.#batchRows + 1, buffer: this.#buffer };
    this.#buffer = next;
    this.#begin();
    return batch;
  }

  #begin(): void {
    this.#batchRows = 0;
    this.#buffer.reset();
    this.#buffer.raw(header);
  }
}

function wrongValue(table: string, column: string, row: number, value: unknown, cause: TypeError): UserError {
  const shown =
    typeof value === 'bigint' ? `${value}n` : value === undefined ? 'the value' : JSON.stringify(value);
  return new UserError(
    'value-refused',
    `Row ${row} of ${table}, column ${column}: ${shown} ${cause.message}.`,
    {
      hint: 'Fix the plan: it gives a value that does not fit the column.',
      cause,
    },
  );
}
