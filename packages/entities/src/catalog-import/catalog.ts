import type { CatalogFault } from './catalog-fault.ts';
import type { ProductValues } from './product-fields.ts';

/** The contents of a product CSV, and its faults. */
export interface Catalog {
  /** The file's path as it was given, or the name of the stream. */
  readonly file: string;
  /** ISO 4217 code of all prices. */
  readonly currency: string;
  /** The number of decimals of the currency: 2 for USD, 0 for JPY. */
  readonly currencyExponent: number;
  /** The products without a fault, in the order of the file. */
  readonly products: readonly CatalogProduct[];
  /** Every fault of the file, in the order of its lines. */
  readonly faults: readonly CatalogFault[];
  /** Handles of the products that are not in `products` because of a fault. */
  readonly leftOut: readonly string[];
  /** Headers of columns that the import does not use. */
  readonly ignoredColumns: readonly string[];
}

export type ProductStatus = 'draft' | 'active' | 'archived';

/**
 * A product with all its variants and images.
 *
 * A property is undefined if the file has no column for it: the import keeps what the shop has.
 */
export interface CatalogProduct extends ProductValues {
  /** Unique in the shop; identifies the product in URLs. */
  readonly handle: string;
  readonly title: string;
  /** From the root to the category of the product; empty if the file names none. */
  readonly categoryPath: readonly string[];
  readonly status?: ProductStatus;
  readonly giftCard?: boolean;
  /** Names of up to three options; empty for a product that has a single variant. */
  readonly optionNames: readonly string[];
  /** At least one. */
  readonly variants: readonly CatalogVariant[];
  /** By position. */
  readonly images: readonly CatalogImage[];
}

/** What customers buy: a product with one value for each option. */
export interface CatalogVariant {
  /** One value for each of the product's `optionNames`. */
  readonly optionValues: readonly string[];
  readonly sku?: string | null;
  readonly barcode?: string | null;
  readonly weightGrams?: number;
  /** Units in stock; undefined also where the cell is empty. */
  readonly quantity?: number;
  /** Whether the shop continues to sell when the stock is used up (policy `continue`). */
  readonly backorder?: boolean;
  /** In minor units of the catalog's currency. */
  readonly priceMinor: bigint;
  /** The price before a reduction, in minor units; not below `priceMinor`. */
  readonly compareAtPriceMinor?: bigint | null;
  readonly requiresShipping?: boolean;
  readonly taxable?: boolean;
  /** Undefined also where the cell is empty: a new variant is of `standard`, another keeps its class. */
  readonly taxClass?: string;
  /** URL of the variant's own image; undefined also where the cell is empty. */
  readonly imageUrl?: string;
}

/** An image of a product. */
export interface CatalogImage {
  /** http or https. */
  readonly url: string;
  /** From 1, unique within the product. */
  readonly position: number;
  readonly altText: string;
}
