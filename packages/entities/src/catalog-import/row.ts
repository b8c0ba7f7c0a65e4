import { type CatalogFault, shortened } from './catalog-fault.ts';
import type { Column, Header } from './columns.ts';
import type { Parsed } from './parse-cell.ts';
import { productFieldEntries } from './product-fields.ts';

/** The longest text of a cell in UTF-16 units, which the tables of the shop and their indexes take. */
const maxLength: Partial<Record<Column, number>> = {
  ...Object.fromEntries(productFieldEntries.map(([name, { maxLength }]) => [name, maxLength])),
  handle: 255,
  title: 255,
  category: 1000,
  option1Name: 255,
  option1Value: 255,
  option2Name: 255,
  option2Value: 255,
  option3Name: 255,
  option3Value: 255,
  sku: 255,
  barcode: 255,
  imageAltText: 1000,
};

/** One row of the file: reads its cells and records their faults. */
export class Row {
  readonly line: number;
  /** Empty if the row names no product. */
  readonly handle: string;
  readonly #file: string;
  readonly #header: Header;
  readonly #cells: readonly string[];
  readonly #faults: CatalogFault[];

  constructor(file: string, header: Header, cells: readonly string[], line: number, faults: CatalogFault[]) {
    this.#file = file;
    this.#header = header;
    this.#cells = cells;
    this.#faults = faults;
    this.line = line;
    this.handle = this.cell('handle');
  }

  /** The cell without white space around it; empty if the file has no such column. */
  cell(column: Column): string {
    return this.text(column) ?? '';
  }

  /** The cell without white space around it; undefined if the file has no such column. */
  text(column: Column): string | undefined {
    return this.raw(column)?.trim();
  }

  /** The cell as it is in the file; undefined if the file has no such column. */
  raw(column: Column): string | undefined {
    const index = this.#header.index[column];
    return index === undefined ? undefined : this.#cells[index];
  }

  /** The parsed cell; undefined if the file has no such column, or with a fault recorded. */
  parse<T>(column: Column, parser: (text: string) => Parsed<T>): T | undefined {
    return this.parseRaw(column, (raw) => parser(raw.trim()));
  }

  /** Like `parse`, of the cell as it is in the file. */
  parseRaw<T>(column: Column, parser: (raw: string) => Parsed<T>): T | undefined {
    const raw = this.raw(column);
    if (raw === undefined) return undefined;
    const parsed = parser(raw);
    if ('value' in parsed) return parsed.value;
    this.fault(column, parsed.reason);
    return undefined;
  }

  fault(column: Column | null, reason: string): void {
    this.#faults.push({
      file: this.#file,
      line: this.line,
      column: column === null ? null : this.#header.name[column],
      value: column === null ? '' : shortened(this.raw(column) ?? ''),
      reason,
      handle: this.handle === '' ? null : this.handle,
    });
  }

  /** Records what no cell may contain, in any row of a product. */
  checkText(): void {
    for (const column of Object.keys(this.#header.index) as Column[]) {
      const text = this.raw(column) ?? '';
      if (text.includes('\0')) this.fault(column, 'contains a NUL byte');
      // Decoding leaves this character in the place of bytes that are not UTF-8.
      if (text.includes('\uFFFD')) this.fault(column, 'is not valid UTF-8');
      const limit = maxLength[column];
      if (limit !== undefined && text.length > limit) {
        this.fault(column, `has ${text.length} characters; ${limit} are allowed`);
      }
    }
  }
}
