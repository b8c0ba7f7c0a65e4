import { maxHtmlBytes } from '../bounds.ts';
import type { Parsed } from './parse-cell.ts';

/** A column of the file for one column of `product`, independent of the others. */
interface ProductField<Value = unknown> {
  /** The headers in exports of Shopify, the present one first. */
  readonly headers: readonly [string, ...string[]];
  /** The column of `product`. */
  readonly column: string;
  /** SQL: the value of a new product if the file has no such column. */
  readonly otherwise: string;
  /** The longest text of the cell in UTF-16 units. Default: no limit. */
  readonly maxLength?: number;
  /** Parses the cell as it is in the file. */
  parse(raw: string): Parsed<Value>;
}

/** By property of `CatalogProduct`. The header, the import and the comparison with the shop are derived from it. */
export const productFields = {
  /** The description as it is in the file, not sanitised: do that where it is shown. */
  bodyHtml: {
    headers: ['Body (HTML)', 'Description'],
    column: 'description_html',
    otherwise: `''`,
    parse: parseBody,
  },
  vendor: { headers: ['Vendor'], column: 'vendor', otherwise: `''`, maxLength: 255, parse: trimmed },
  productType: { headers: ['Type'], column: 'product_type', otherwise: `''`, maxLength: 200, parse: trimmed },
  tags: { headers: ['Tags'], column: 'tags', otherwise: `'{}'`, maxLength: 65_536, parse: parseTags },
} as const satisfies Record<string, ProductField>;

export type ProductFieldName = keyof typeof productFields;

/** The values of these columns; undefined if the file has no such column. */
export type ProductValues = {
  readonly [Name in ProductFieldName]?: (typeof productFields)[Name] extends ProductField<infer Value>
    ? Value
    : never;
};

export const productFieldEntries = Object.entries(productFields) as [ProductFieldName, ProductField][];

function parseBody(raw: string): Parsed<string> {
  const bytes = Buffer.byteLength(raw);
  return bytes > maxHtmlBytes
    ? { reason: `has ${bytes} bytes; ${maxHtmlBytes} are allowed` }
    : { value: raw };
}

function trimmed(raw: string): Parsed<string> {
  return { value: raw.trim() };
}

function parseTags(raw: string): Parsed<string[]> {
  const tags = raw.split(',').map((tag) => tag.trim());
  if (tags.some((tag) => tag.length > 255)) return { reason: 'has a tag of more than 255 characters' };
  return { value: [...new Set(tags)].filter((tag) => tag !== '') };
}
