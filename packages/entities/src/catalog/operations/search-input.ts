import { z } from 'zod';
import { slug } from '../slug.ts';
import {
  amountMinor,
  currencyCode,
  cursor,
  decimal,
  line,
  listOf,
  recordOf,
  textUpTo,
  wholeNumber,
} from '../../bounds.ts';

const path = textUpTo(10_000).regex(
  /^[A-Za-z0-9_]{1,1000}(\.[A-Za-z0-9_]{1,1000})*$/,
  'not a path of labels joined by dots',
);
const range = z.strictObject({ min: decimal.optional(), max: decimal.optional() });
const values = z.union([
  listOf(line, 100).min(1),
  listOf(decimal, 100).min(1),
  listOf(z.boolean(), 2).min(1),
]);

export const searchOrders = ['relevance', 'newest', 'price-ascending', 'price-descending'] as const;

/** How results are sorted. */
export type SearchOrder = (typeof searchOrders)[number];

export const productSearch = z
  .strictObject({
    text: textUpTo(500).trim().min(1).optional(),
    categoryPath: path.optional(),
    attributes: recordOf(z.union([values, range]), 20).default({}),
    price: z
      .strictObject({
        currency: currencyCode,
        minMinor: amountMinor.optional(),
        maxMinor: amountMinor.optional(),
      })
      .optional(),
    priceList: slug.default('base'),
    sort: z.enum(searchOrders).optional(),
    limit: wholeNumber(1, 200).default(24),
    cursor: cursor.optional(),
    facets: z.strictObject({ priceBoundsMinor: listOf(amountMinor, 50).default([]) }).optional(),
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
