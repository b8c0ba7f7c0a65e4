import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@ecommerce-dms/errors';
import { type CsvError, parse } from 'csv-parse';
import { currencyExponents } from '../migrations/iso-4217.ts';
import type { CatalogFault } from './catalog-fault.ts';
import type { Catalog } from './catalog.ts';
import { type Header, readHeader } from './columns.ts';
import { ProductAssembler } from './product-assembler.ts';
import { Row } from './row.ts';
import { universalNewlines } from './universal-newlines.ts';

/** The options of {@link readCatalog}. */
export interface ReadCatalogOptions {
  /** ISO 4217 code of the prices in the file. Default `USD`. */
  currency?: string;
  /** The file name in faults. Default: the path, or `(stream)`. */
  file?: string;
}

/** Without a limit, a missing quote would collect the rest of a large file in memory. */
const maxRowBytes = 4 * 1024 * 1024;

/**
 * Reads a product CSV in the export format of Shopify, with the older or the newer headers, without a database.
 *
 * The file is read as a stream; the products are kept in memory. A product with a fault is not in `products`.
 *
 * @param source a path, or a stream of the bytes of the file
 * @returns the products and every fault of the file
 * @throws UserError `invalid-settings`: an unknown currency; `catalog-unreadable`: no such file, a folder, no
 *   permission; `invalid-catalog`: an empty file, a header without rows, not UTF-8 text, a required column is
 *   missing, a row of more than 4 MiB
 * @example
 * ```ts
 * import { formatCatalogFault, readCatalog, sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
 *
 * const { products, faults } = await readCatalog(sampleCatalogPath, { currency: 'USD' });
 * console.log(products.length, 'products');
 * for (const fault of faults) console.error(formatCatalogFault(fault));
 * ```
 */
export async function readCatalog(
  source: string | Readable,
  options: ReadCatalogOptions = {},
): Promise<Catalog> {
  const currency = options.currency ?? 'USD';
  const file = options.file ?? (typeof source === 'string' ? source : '(stream)');
  const exponent = currencyExponents.get(currency);
  if (exponent === undefined) {
    throw new UserError('invalid-settings', `${JSON.stringify(currency)} is not a currency.`, {
      hint: 'Give the code of ISO 4217, such as USD.',
    });
  }
  const reader = new CatalogReader(file, exponent);
  const parser = parse({
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRowBytes,
    // Records are taken here, and none is passed on, so that rows and broken rows come in the file's order.
    on_record: (cells: string[], { lines }) => {
      reader.addRecord(cells, lines);
      return null;
    },
    on_skip: (error) => {
      if (error !== undefined) reader.addBroken(error);
      return undefined;
    },
  });
  try {
    const bytes = typeof source === 'string' ? createReadStream(source) : source;
    await pipeline(bytes, universalNewlines(), parser.resume());
  } catch (error) {
    throw unreadable(file, error);
  }
  return { file, currency, currencyExponent: exponent, ...reader.finish() };
}

class CatalogReader {
  readonly #file: string;
  readonly #assembler: ProductAssembler;
  readonly #faults: CatalogFault[] = [];
  #header: Header | undefined;
  #rows = 0;
  #lastLine = 0;
  #lastHandle: string | null = null;
  #lastBrokenByte = -1;

  constructor(file: string, exponent: number) {
    this.#file = file;
    this.#assembler = new ProductAssembler(exponent);
  }

  addRecord(cells: readonly string[], lastLine: number): void {
    const line = lastLine - cells.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
    this.#lastLine = lastLine;
    if (this.#header === undefined) {
      if (cells.some((cell) => /[\0\uFFFD]/.test(cell))) throw notText(this.#file);
      this.#header = readHeader(this.#file, cells);
      return;
    }
    // Spreadsheets leave rows of nothing but commas at the end.
    if (cells.every((cell) => cell.trim() === '')) return;
    this.#rows++;
    const row = new Row(this.#file, this.#header, cells, line, this.#faults);
    if (row.handle !== '') this.#lastHandle = row.handle;
    if (cells.length !== this.#header.width) {
      row.fault(null, `the row has ${cells.length} fields; the header has ${this.#header.width}`);
      return;
    }
    row.checkText();
    if (row.handle === '') row.fault('handle', 'is empty');
    else this.#assembler.add(row);
  }

  /** A row with wrong quotes. Its product is unknown; it may be that of the row before. */
  addBroken(error: CsvError): void {
    const begin = this.#lastLine + 1;
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      throw new UserError(
        'invalid-catalog',
        `${this.#file}:${begin}: a row from this line on has more than 4 MiB.`,
        { hint: 'A closing quote is probably missing.' },
      );
    }
    if (this.#header === undefined) throw notText(this.#file);
    // The parser reports one wrong quote again at each further quote of the same cell.
    if (error['bytes'] === this.#lastBrokenByte) return;
    this.#lastBrokenByte = Number(error['bytes']);
    this.#rows++;
    const unclosed = error.code === 'CSV_QUOTE_NOT_CLOSED';
    this.#faults.push({
      file: this.#file,
      line: unclosed ? begin : Number(error['lines']),
      column: null,
      value: '',
      reason: unclosed
        ? 'a quote that is opened in this row, or in a later one, is never closed'
        : `a quote is neither doubled nor at the end of its cell, in a row that begins at line ${begin} or later`,
      handle: this.#lastHandle,
    });
  }

  finish(): Pick<Catalog, 'products' | 'faults' | 'leftOut' | 'ignoredColumns'> {
    if (this.#header === undefined) throw empty(this.#file, 'is empty');
    if (this.#rows === 0) throw empty(this.#file, 'has a header and no rows');
    const products = this.#assembler.finish();
    const leftOut = new Set(this.#faults.flatMap(({ handle }) => handle ?? []));
    return {
      products: products.filter(({ handle }) => !leftOut.has(handle)),
      faults: this.#faults.sort((a, b) => a.line - b.line),
      leftOut: [...leftOut],
      ignoredColumns: this.#header.ignored,
    };
  }
}

function empty(file: string, what: string): UserError {
  const hint = "Give a product export in Shopify's CSV format.";
  return new UserError('invalid-catalog', `${file} ${what}.`, { hint });
}

function notText(file: string): UserError {
  const hint = "Give a product export in Shopify's CSV format, saved as UTF-8 and separated by commas.";
  return new UserError('invalid-catalog', `${file} is not a CSV file in UTF-8.`, { hint });
}

const reasons: Partial<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
  ENAMETOOLONG: 'is too long for a path',
  ERR_INVALID_ARG_VALUE: 'is not a path',
};

function unreadable(file: string, error: unknown): unknown {
  const reason = error instanceof Error && 'code' in error ? reasons[String(error.code)] : undefined;
  if (reason === undefined) return error;
  return new UserError('catalog-unreadable', `${file} ${reason}.`, { cause: error });
}
