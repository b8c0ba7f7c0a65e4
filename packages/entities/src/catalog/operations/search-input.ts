import { z } from 'zod';

const path = z.string().regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/, 'not a path of labels joined by dots');
const minor = z.bigint().nonnegative();
const range = z.strictObject({ min: z.number().optional(), max: z.number().optional() });
const values = z.union([z.array(z.string()).min(1), z.array(z.number()).min(1), z.array(z.boolean()).min(1)]);

export const searchOrders = ['relevance', 'newest', 'price-ascending', 'price-descending'] as const;

/** How results are sorted. */
export type SearchOrder = (typeof searchOrders)[number];

export const productSearch = z
  .strictObject({
    text: z.string().trim().min(1).max(500).optional(),
    categoryPath: path.optional(),
    attributes: z.record(z.string(), z.union([values, range])).default({}),
    price: z
      .strictObject({ currency: z.string(), minMinor: minor.optional(), maxMinor: minor.optional() })
      .optional(),
    priceList: z.string().default('base'),
    sort: z.enum(searchOrders).optional(),
    limit: z.int().min(1).max(200).default(24),
    cursor: z.string().optional(),
    facets: z.strictObject({ priceBoundsMinor: z.array(minor).max(50).default([]) }).optional(),
  })
  // Facets count each separately.
  .refine(({ attributes }) => Object.keys(attributes).length <= 20, {
    path: ['attributes'],
    message: 'at most 20',
  })
  .refine(({ sort, text }) => sort !== 'relevance' || text !== undefined, {
    path: ['sort'],
    message: 'relevance needs a text',
  })
  .refine(({ sort, price }) => !sort?.startsWith('price') || price !== undefined, {
    path: ['sort'],
    message: 'a sort by price needs a price with its currency',
  })
  .refine(({ facets, price }) => !facets?.priceBoundsMinor.length || price !== undefined, {
    path: ['facets', 'priceBoundsMinor'],
    message: 'price buckets need a price with its currency',
  });

/**
 * A search for products that meet all of its criteria.
 *
 * - `text`: words, "phrases", `or`, `-not`. If no product has the words, titles with a similar spelling are found.
 * - `categoryPath`: the path of a category, whose subtree is searched.
 * - `attributes`: by code, any of the values, or a range of numbers `{ min, max }`, of the product or of a variant.
 *   At
 * most 20 codes.
 * - `price`: only products with a current price in this currency, whose cheapest variant is in the range.
 * - `priceList`: the list of the prices, default `base`. What the list does not price has the price in `base`.
 * - `sort`: default `relevance` if there is a text, else `newest`; a product's price is that of its cheapest variant.
 * - `limit`: products a page, default 24. `cursor`: the `next` of the page before.
 * - `facets`: also counts; `priceBoundsMinor` are the bounds of price buckets.
 */
export type ProductSearch = z.input<typeof productSearch>;

/** A search with its defaults. */
export type ParsedSearch = z.output<typeof productSearch>;
