import type { EntityManager } from '@mikro-orm/postgresql';
import { builtStatement } from '../../runtime/built-statement.ts';
import { bool, jsonb } from '../../runtime/sql-type.ts';
import { onlyRow } from '../../runtime/statement.ts';
import type { AttributeValue } from '../attribute.ts';
import { facetCounts } from './facet-counts.ts';
import { allMatches, type TextMatch } from './search-conditions.ts';
import { searchExamples } from './search-examples.ts';
import type { ParsedSearch } from './search-input.ts';

/** How many products each choice would leave. A choice in a facet does not narrow the counts of that facet. */
export interface SearchFacets {
  /** With a category: it and its siblings, then its children; without, the roots. Each counts its subtree. */
  categories: { path: string; name: string; count: number }[];
  /** The most frequent values of each attribute, at most 50. */
  attributes: { code: string; name: string; values: { value: AttributeValue; count: number }[] }[];
  /** From a bound (inclusive) to the next (exclusive); undefined before the first and after the last. */
  prices: { fromMinor: bigint | undefined; toMinor: bigint | undefined; count: number }[];
  /** A facet has 1000 products or more, of which the newest are counted: show its counts as `n+`. */
  isCapped: boolean;
}

const countFacets = builtStatement({
  row: {
    categories: jsonb<SearchFacets['categories']>(),
    attributes: jsonb<SearchFacets['attributes']>(),
    prices: jsonb<{ bucket: number; count: number }[]>(),
    isCapped: bool,
  },
  build: facetCounts,
  examples: searchExamples.flatMap((search) =>
    allMatches.map((match) => ({ search, match, bounds: [1n, 2n] })),
  ),
});

/** Counts the facets of a search, in one statement. */
export async function searchFacets(
  em: EntityManager,
  search: ParsedSearch,
  match: TextMatch,
): Promise<SearchFacets> {
  const bounds = (search.facets?.priceBoundsMinor ?? []).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const { prices, ...counts } = onlyRow(await countFacets(em, { search, match, bounds }));
  return {
    ...counts,
    prices: prices.map(({ bucket, count }) => ({
      fromMinor: bounds[bucket - 1],
      toMinor: bounds[bucket],
      count,
    })),
  };
}
