import type { CatalogImage, CatalogProduct, CatalogVariant, ProductStatus } from './catalog.ts';
import { orEmpty, parseBoolean, parseImageUrl, parsePosition, parseWord } from './parse-cell.ts';
import { productFieldEntries, type ProductValues } from './product-fields.ts';
import { hasVariant, readOptionNames, readVariant } from './read-variant.ts';
import type { Row } from './row.ts';

type ProductFields = Omit<CatalogProduct, 'handle' | 'optionNames' | 'variants' | 'images'>;

interface Draft {
  readonly firstLine: number;
  /** The first row, if it lacks the title. */
  readonly untitledRow: Row | undefined;
  /** From the row with the title. */
  product?: ProductFields;
  optionNames: readonly string[];
  readonly variants: CatalogVariant[];
  readonly lineOfOptions: Map<string, number>;
  readonly images: CatalogImage[];
}

/** Assembles products from their rows, which need not be adjacent. */
export class ProductAssembler {
  readonly #currencyExponent: number;
  readonly #drafts = new Map<string, Draft>();
  readonly #lineOfSku = new Map<string, number>();

  constructor(currencyExponent: number) {
    this.#currencyExponent = currencyExponent;
  }

  /** Takes the next row, which has a handle. */
  add(row: Row): void {
    const title = row.cell('title');
    let draft = this.#drafts.get(row.handle);
    if (draft === undefined) {
      draft = {
        firstLine: row.line,
        untitledRow: title === '' ? row : undefined,
        optionNames: [],
        variants: [],
        lineOfOptions: new Map(),
        images: [],
      };
      this.#drafts.set(row.handle, draft);
    }
    if (title !== '' && draft.product === undefined) {
      draft.product = readProduct(row);
      draft.optionNames = readOptionNames(row);
      this.#addVariant(draft, row);
    } else {
      if (title !== '' && title !== draft.product?.title) {
        row.fault('title', `is not the title of line ${draft.firstLine}, which has the same handle`);
      }
      // Before the title's row the options have no names; the missing title is the fault to report.
      if (hasVariant(row) && draft.product !== undefined) this.#addVariant(draft, row);
      else if (!hasVariant(row) && row.cell('imageUrl') === '') {
        row.fault(null, 'the row has neither a variant nor an image');
      }
    }
    addImage(draft.images, row);
  }

  /** All products, also those with faults, once all rows were added. */
  finish(): CatalogProduct[] {
    const products: CatalogProduct[] = [];
    for (const [handle, { untitledRow, product, optionNames, variants, images }] of this.#drafts) {
      untitledRow?.fault('title', 'is empty in the first row of the product');
      if (product === undefined) continue;
      images.sort((a, b) => a.position - b.position);
      products.push({ handle, ...product, optionNames, variants, images });
    }
    return products;
  }

  #addVariant(draft: Draft, row: Row): void {
    const variant = readVariant(row, draft.optionNames, this.#currencyExponent);
    const options = JSON.stringify(variant.optionValues);
    const sameOptions = draft.lineOfOptions.get(options);
    if (sameOptions === undefined) draft.lineOfOptions.set(options, row.line);
    else row.fault('option1Value', `the variant has the options of line ${sameOptions}`);
    if (typeof variant.sku === 'string') {
      const sameSku = this.#lineOfSku.get(variant.sku);
      if (sameSku === undefined) this.#lineOfSku.set(variant.sku, row.line);
      else row.fault('sku', `is the SKU of line ${sameSku} too`);
    }
    draft.variants.push(variant);
  }
}

function readProduct(row: Row): ProductFields {
  // A type is one name, whatever characters it has; only a category is a path.
  const path = row.cell('category') === '' ? [row.cell('productType')] : row.cell('category').split('>');
  const categoryPath = path.map((name) => name.trim()).filter((name) => name !== '');
  if (categoryPath.length > 10) row.fault('category', 'has more than 10 levels');
  if (categoryPath.some((name) => name.length > 200))
    row.fault('category', 'has a name of more than 200 characters');
  return {
    title: row.cell('title'),
    ...readFields(row),
    categoryPath,
    status: readStatus(row),
    giftCard: row.parse('giftCard', parseBoolean),
  };
}

function readFields(row: Row): ProductValues {
  return Object.fromEntries(
    productFieldEntries.map(([name, { parse }]) => [name, row.parseRaw(name, parse)]),
  );
}

/** Unpublished and unlisted products are drafts: the shop has one channel, which they are not in. */
function readStatus(row: Row): ProductStatus | undefined {
  const status = row.parse('status', parseWord(['active', 'draft', 'archived', 'unlisted']));
  // Shopify publishes a product whose cell is empty.
  const published = row.parse('published', orEmpty(true, parseBoolean));
  if (status === undefined && published === undefined) return undefined;
  if (status === 'archived') return 'archived';
  return status === 'draft' || status === 'unlisted' || published === false ? 'draft' : 'active';
}

function addImage(images: CatalogImage[], row: Row): void {
  if (row.cell('imageUrl') === '') return;
  const url = row.parse('imageUrl', parseImageUrl);
  const position =
    row.parse('imagePosition', orEmpty(undefined, parsePosition)) ?? (images.at(-1)?.position ?? 0) + 1;
  // Some exports repeat the product's image in each variant's row.
  if (url === undefined || images.some((image) => image.url === url)) return;
  if (images.some((image) => image.position === position)) {
    row.fault('imagePosition', 'is the position of another image of the product');
  }
  images.push({ url, position, altText: row.cell('imageAltText') });
}
