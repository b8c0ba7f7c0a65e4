import type { Parsed } from './parse-cell.ts';

/** A column of the file that says one column of `product`, whatever the others say. */
interface ProductField<Value = unknown> {
  /** The headers that exports of Shopify have used for it, today's first. */
  readonly headers: readonly [string, ...string[]];
  /** The column of `product`. */
  readonly column: string;
  /** SQL: what a new product has where the file doesn't have the column. */
  readonly otherwise: string;
  /** Longest text of the cell in UTF-16 units. Default: no limit. */
  readonly maxLength?: number;
  /** Takes the cell as it stands in the file. */
  parse(raw: string): Parsed<Value>;
}

/** By the name in a `CatalogProduct`. The header, the import and the comparison with the shop follow from this. */
export const productFields = {
  /** The description as it stands in the file. It is not sanitised: do that where it is shown. */
  bodyHtml: {
    headers: ['Body (HTML)', 'Description'],
    column: 'description_html',
    otherwise: `''`,
    parse: parseBody,
  },
  vendor: { headers: ['Vendor'], column: 'vendor', otherwise: `''`, maxLength: 255, parse: trimmed },
  productType: { headers: ['Type'], column: 'product_type', otherwise: `''`, maxLength: 200, parse: trimmed },
  tags: { headers: ['Tags'], column: 'tags', otherwise: `'{}'`, parse: parseTags },
} as const satisfies Record<string, ProductField>;

export type ProductFieldName = keyof typeof productFields;

/** What the file says of these columns; undefined where it doesn't have the column. */
export type ProductValues = {
  readonly [Name in ProductFieldName]?: (typeof productFields)[Name] extends ProductField<infer Value>
    ? Value
    : never;
};

export const productFieldEntries = Object.entries(productFields) as [ProductFieldName, ProductField][];

/** PostgreSQL's text search takes a description of this many bytes. */
const maxBodyBytes = 524_288;

function parseBody(raw: string): Parsed<string> {
  const bytes = Buffer.byteLength(raw);
  return bytes > maxBodyBytes
    ? { reason: `has ${bytes} bytes; ${maxBodyBytes} are allowed` }
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
