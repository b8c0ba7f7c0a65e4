import { allMatches } from './search-conditions.ts';
import { type ParsedSearch, type ProductSearch, productSearch, searchOrders } from './search-input.ts';
import type { OrderedSearch } from './search-source.ts';

const everything: ProductSearch = {
  text: 'blue shirt',
  categoryPath: 'wear.shirts',
  attributes: { color: ['red'], weight: { min: 1, max: 2 } },
  price: { currency: 'EUR', minMinor: 1n, maxMinor: 2n },
  priceList: 'sale',
};
const inputs: ProductSearch[] = [
  everything,
  { ...everything, priceList: 'base' },
  { price: { currency: 'EUR' }, priceList: 'sale' },
  { price: { currency: 'EUR' } },
  {},
];

/** Searches whose statements together have every part that a search can add. */
export const searchExamples: readonly ParsedSearch[] = inputs.map((input) => productSearch.parse(input));

/** The same in each order that they can have, from the beginning and after a position. */
export const orderedExamples: readonly OrderedSearch[] = searchExamples.flatMap((search) =>
  searchOrders
    .filter((sort) => productSearch.safeParse({ ...search, sort }).success)
    .flatMap((order) => {
      const key = order === 'newest' ? '2026-11-30T12:00:00Z' : '1';
      const position = { order, key, id: '00000000-0000-0000-0000-000000000000' };
      return allMatches.flatMap((match) =>
        [undefined, position].flatMap((after) =>
          [false, true].map((isBroad) => ({ search, match, order, after, isBroad })),
        ),
      );
    }),
);
