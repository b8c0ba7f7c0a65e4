import type { CatalogProduct, CatalogVariant } from './catalog.ts';

/** A variant of the shop, with its identifying columns. */
export interface ShopVariant {
  id: string;
  product_id: string;
  handle: string;
  sku: string | null;
  option_values: Readonly<Record<string, string>>;
}

/** A variant of the file, and the variant of the shop that it describes. */
export interface MatchedVariant {
  product: CatalogProduct;
  productId: string;
  variant: CatalogVariant;
  /** From 0, in the order of the file. */
  position: number;
  optionValues: Readonly<Record<string, string>>;
  /** Undefined for a new variant. */
  existing: ShopVariant | undefined;
}

/** A variant of the file that has the SKU or the options of a variant that is not in the file. */
export interface Clash {
  matched: MatchedVariant;
  with: ShopVariant;
}

/**
 * Finds the variant of the shop for each variant of the file: the one of the same product with the same SKU, or else
 * with the same options, unless another variant of the file has its SKU.
 */
export function matchVariants(
  products: readonly CatalogProduct[],
  productIds: ReadonlyMap<string, string>,
  shopVariants: readonly ShopVariant[],
): { matches: MatchedVariant[]; clashes: Clash[] } {
  const bySku = new Map(shopVariants.map((variant) => [variant.sku, variant]));
  const byOptions = new Map(
    shopVariants.map((variant) => [optionsKey(variant.product_id, variant.option_values), variant]),
  );
  const matches: MatchedVariant[] = products.flatMap((product) => {
    const productId = productIds.get(product.handle) ?? '';
    return product.variants.map((variant, position) => {
      const optionValues = namedOptions(product, variant);
      const sameSku = typeof variant.sku === 'string' ? bySku.get(variant.sku) : undefined;
      const existing = sameSku?.product_id === productId ? sameSku : undefined;
      return { product, productId, variant, position, optionValues, existing };
    });
  });
  const taken = new Set(matches.map(({ existing }) => existing?.id));
  for (const match of matches) {
    const sameOptions = byOptions.get(optionsKey(match.productId, match.optionValues));
    if (match.existing !== undefined || sameOptions === undefined || taken.has(sameOptions.id)) continue;
    match.existing = sameOptions;
    taken.add(sameOptions.id);
  }
  const clashes = matches.flatMap((matched) => {
    const { variant, productId, optionValues } = matched;
    const rivals = [
      typeof variant.sku === 'string' ? bySku.get(variant.sku) : undefined,
      byOptions.get(optionsKey(productId, optionValues)),
    ];
    const rival = rivals.find((rival) => rival !== undefined && !taken.has(rival.id));
    return rival === undefined ? [] : [{ matched, with: rival }];
  });
  return { matches, clashes };
}

/** Whether the variant's SKU or options differ from the shop's. */
export function isRekeyed({ existing, productId, variant, optionValues }: MatchedVariant): boolean {
  if (existing === undefined) return false;
  const sameSku = variant.sku === undefined || variant.sku === existing.sku;
  return !sameSku || optionsKey(productId, optionValues) !== optionsKey(productId, existing.option_values);
}

function namedOptions(product: CatalogProduct, variant: CatalogVariant): Record<string, string> {
  return Object.fromEntries(
    product.optionNames.map((name, index) => [name, variant.optionValues[index] ?? '']),
  );
}

function optionsKey(productId: string, optionValues: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(optionValues).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([productId, pairs]);
}
