import { raw, sql } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { builtStatement } from '../../runtime/built-statement.ts';
import { pageCursor, parsePageCursor } from '../../runtime/page-cursor.ts';
import { bool, int8, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { isTaxIncludedIn } from './current-price.ts';
import { requirePriceList } from './require-price-list.ts';
import { allMatches, type TextMatch } from './search-conditions.ts';
import { orderedExamples } from './search-examples.ts';
import { type SearchFacets, searchFacets } from './search-facets.ts';
import { type ParsedSearch, type ProductSearch, productSearch } from './search-input.ts';
import {
  breadth,
  isNarrowed,
  type OrderedSearch,
  searchSource,
  pageKeyOf,
  sortKey,
} from './search-source.ts';

/** A product that was found. */
export interface FoundProduct {
  id: string;
  handle: string;
  title: string;
  vendor: string;
  /** The current price of its cheapest variant, where the search has a price. */
  fromMinor: bigint | undefined;
  /** Whether this price includes its taxes. */
  taxIncluded: boolean | undefined;
}

/** A page of what was found. */
export interface ProductPage {
  products: FoundProduct[];
  /** The cursor of the next page; undefined: this is the last one. */
  next: string | undefined;
  /** `spelling`: no product has the words; these titles have a similar spelling. */
  match: TextMatch;
  /** If the search asks for them. */
  facets: SearchFacets | undefined;
}

/** A page, and one more row if there is another page. */
const selectPage = builtStatement({
  row: {
    id: uuid,
    handle: text,
    title: text,
    vendor: text,
    from: nullable(int8),
    taxIncluded: nullable(bool),
    key: text,
  },
  build: (ordered: OrderedSearch) => sql`select product.id, product.handle, product.title, product.vendor,
      ${raw(ordered.search.price ? 'offer.amount_minor' : 'null::bigint')} as "from",
      ${ordered.search.price ? isTaxIncludedIn({ priceList: ordered.search.priceList, currency: ordered.search.price.currency }) : raw('null::boolean')} as "taxIncluded",
      ${sortKey(ordered.order)}::text as key
    ${searchSource(ordered)} limit ${ordered.search.limit + 1}`,
  examples: orderedExamples,
});

const measureBreadth = builtStatement({ row: { isBroad: bool }, build: breadth, examples: orderedExamples });

// Similarity of trigrams: a word of 5 letters with one mistake has 0.44. The default, 0.6, allows one in 10 letters.
const allowMistakes = statement({
  row: { threshold: text },
  sql: `select set_config('pg_trgm.word_similarity_threshold', '0.4', true) as threshold`,
});

/**
 * Searches the products that are active and not deleted. By relevance, the newest 10,000 that match a text are
 * ranked. A page costs the same however deep it is, and products that are added meanwhile neither repeat nor hide
 * one. At most 9 statements: 3 for the words and, if no product has them, a transaction of 4 for the spelling; one
 * more for another price list than `base`.
 *
 * @throws UserError `invalid-input`, `price-list-not-found`; `invalid-cursor`: the cursor is of another order
 */
export async function searchProducts(em: EntityManager, input: ProductSearch = {}): Promise<ProductPage> {
  const search = parseInput(productSearch, input);
  await requirePriceList(em, search.priceList);
  const order = search.sort ?? (search.text === undefined ? 'newest' : 'relevance');
  const after =
    search.cursor === undefined
      ? undefined
      : parsePageCursor(
          search.cursor,
          Object.fromEntries(allMatches.map((match) => [`${order} ${match}`, pageKeyOf(order)])),
        );
  const isRespelt = after?.order.endsWith('spelling') ?? false;
  const page = isRespelt ? undefined : await readPage(em, search, { order, match: 'words', after });
  const nothing = page === undefined || (page.products.length === 0 && after === undefined);
  if (page && !(nothing && search.text !== undefined)) return page;
  return await em.transactional(async (em) => {
    await allowMistakes(em, {});
    return await readPage(em, search, { order, match: 'spelling', after });
  });
}

type PageRequest = Pick<OrderedSearch, 'order' | 'match' | 'after'>;

async function readPage(em: EntityManager, search: ParsedSearch, request: PageRequest): Promise<ProductPage> {
  const { order, match } = request;
  // By price: for few products, their offers are looked up and sorted; for many, prices are read in order.
  const ordered = { search, ...request };
  const isBroad =
    order.startsWith('price') && isNarrowed(search) && onlyRow(await measureBreadth(em, ordered)).isBroad;
  const rows = await selectPage(em, { ...ordered, isBroad });
  const page = rows.slice(0, search.limit);
  const last = page.at(-1);
  return {
    products: page.map(({ key: _key, from, taxIncluded, ...product }) => ({
      ...product,
      fromMinor: from ?? undefined,
      taxIncluded: taxIncluded ?? undefined,
    })),
    next:
      rows.length > search.limit && last
        ? pageCursor({ order: `${order} ${match}`, key: last.key, id: last.id })
        : undefined,
    match,
    facets: search.facets && (await searchFacets(em, search, match)),
  };
}
