import { UserError } from '@ecommerce-dms/errors';
import { type ProductFieldName, productFieldEntries } from './product-fields.ts';

const productHeaders = Object.fromEntries(
  productFieldEntries.map(([name, { headers }]) => [name, headers]),
) as Record<ProductFieldName, readonly [string, ...string[]]>;

/**
 * The columns that the import reads, each with its headers in exports of Shopify. Headers are compared without regard
 * to case.
 */
const spellings = {
  ...productHeaders,
  handle: ['Handle', 'URL handle'],
  title: ['Title'],
  category: ['Product Category'],
  published: ['Published', 'Published on online store'],
  status: ['Status'],
  giftCard: ['Gift Card'],
  option1Name: ['Option1 Name'],
  option1Value: ['Option1 Value'],
  option2Name: ['Option2 Name'],
  option2Value: ['Option2 Value'],
  option3Name: ['Option3 Name'],
  option3Value: ['Option3 Value'],
  sku: ['Variant SKU', 'SKU'],
  barcode: ['Variant Barcode', 'Barcode'],
  grams: ['Variant Grams', 'Weight value (grams)'],
  weightUnit: ['Variant Weight Unit', 'Weight unit for display'],
  quantity: ['Variant Inventory Qty', 'Inventory quantity'],
  policy: ['Variant Inventory Policy', 'Continue selling when out of stock'],
  price: ['Variant Price', 'Price'],
  compareAtPrice: ['Variant Compare At Price', 'Compare-at price'],
  requiresShipping: ['Variant Requires Shipping', 'Requires shipping'],
  taxable: ['Variant Taxable', 'Charge tax'],
  // The shop's own: the tax codes in exports of Shopify are those of a tax service.
  taxClass: ['Variant Tax Class', 'Tax class'],
  variantImage: ['Variant Image', 'Variant image URL'],
  imageUrl: ['Image Src', 'Product image URL'],
  imagePosition: ['Image Position'],
  imageAltText: ['Image Alt Text'],
} as const;

export type Column = keyof typeof spellings;

const columns = Object.keys(spellings) as Column[];
// Without the option columns a partial file would turn each variant into the product's only one.
const required: readonly Column[] = ['handle', 'title', 'option1Name', 'option1Value', 'price'];

/** The columns of the file. */
export interface Header {
  /** The number of fields of every row. */
  readonly width: number;
  /** Index of the column in a row; undefined if the file has no such column. */
  readonly index: Readonly<Partial<Record<Column, number>>>;
  /** The header as the file spells it, or as Shopify does if the file has no such column. */
  readonly name: Readonly<Record<Column, string>>;
  readonly ignored: readonly string[];
}

/**
 * Finds the columns in the first row of the file.
 *
 * @throws UserError `invalid-catalog`: columns are missing or repeated; the message names all of them
 */
export function readHeader(file: string, cells: readonly string[]): Header {
  const byHeader = new Map(
    columns.flatMap((column) => spellings[column].map((header) => [header.toLowerCase(), column] as const)),
  );
  const index: Partial<Record<Column, number>> = {};
  const name = Object.fromEntries(columns.map((column) => [column, spellings[column][0]])) as Record<
    Column,
    string
  >;
  const ignored: string[] = [];
  const faults: string[] = [];
  for (const [position, cell] of cells.entries()) {
    const header = cell.trim();
    const column = byHeader.get(header.toLowerCase());
    if (column === undefined) {
      if (header !== '') ignored.push(header);
    } else if (index[column] === undefined) {
      index[column] = position;
      name[column] = header;
    } else {
      faults.push(`the column "${header}" is repeated (as "${name[column]}")`);
    }
  }
  for (const column of required) {
    if (index[column] === undefined)
      faults.push(`the column "${spellings[column].join('" or "')}" is missing`);
  }
  if (faults.length > 0) {
    throw new UserError('invalid-catalog', `${file}:1: ${faults.join('; ')}.`, {
      hint: "The file must be a product export in Shopify's format: UTF-8, separated by commas, headers in its first line.",
    });
  }
  return { width: cells.length, index, name, ignored };
}
