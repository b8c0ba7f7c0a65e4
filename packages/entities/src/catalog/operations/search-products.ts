import { raw, sql } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { pageCursor, type PagePosition, parsePageCursor } from '../../runtime/page-cursor.ts';
import { parseInput } from '../../parse-input.ts';
import { requirePriceList } from './require-price-list.ts';
import type { TextMatch } from './search-conditions.ts';
import { type SearchFacets, searchFacets } from './search-facets.ts';
import { type ParsedSearch, type ProductSearch, productSearch, type SearchOrder } from './search-input.ts';
import { breadth, isNarrowed, searchSource, sortKey } from './search-source.ts';

/** A product that was found. */
export interface FoundProduct {
  id: string;
  handle: string;
  title: string;
  vendor: string;
  /** The current price of its cheapest variant, where the search has a price. */
  fromMinor: bigint | undefined;
}

/** A page of what was found. */
export interface ProductPage {
  products: FoundProduct[];
  /** For the next page; undefined: this is the last one. */
  next: string | undefined;
  /** `spelling`: no product has the words; these titles are spelt alike. */
  match: TextMatch;
  /** Where the search asks for them. */
  facets: SearchFacets | undefined;
}

const matches: readonly TextMatch[] = ['words', 'spelling'];

/**
 * Searches the products that are active and not deleted. By relevance, the newest 10,000 that a text fits are ranked. A page costs the same however deep it is, and products that
 * are added meanwhile neither repeat nor hide one. At most 9 statements: 3 for the words, and, where
 * nothing has them, a transaction of 4 for the spelling. One more where the list of prices is another one than `base`.
 *
 * @throws UserError `bad-input`; `bad-cursor` for a cursor of another order; `unknown-price-list`
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
          matches.map((match) => `${order} ${match}`),
        );
  const isRespelt = after?.order.endsWith('spelling') ?? false;
  const page = isRespelt ? undefined : await readPage(em, search, { order, match: 'words', after });
  const nothing = page === undefined || (page.products.length === 0 && after === undefined);
  if (page && !(nothing && search.text !== undefined)) return page;
  return await em.transactional(async (em) => {
    // Of Jaccard's index of the trigrams: one mistake in a word of 5 letters is 0.44. The default, 0.6, is for 10.
    await em.execute(`select set_config('pg_trgm.word_similarity_threshold', '0.4', true)`);
    return await readPage(em, search, { order, match: 'spelling', after });
  });
}

interface PageRequest {
  order: SearchOrder;
  match: TextMatch;
  after: PagePosition | undefined;
}

async function readPage(em: EntityManager, search: ParsedSearch, request: PageRequest): Promise<ProductPage> {
  const { order, match } = request;
  const rows = await readRows(em, search, request);
  const page = rows.slice(0, search.limit);
  const last = page.at(-1);
  return {
    products: page.map(({ id, handle, title, vendor, from }) => ({
      id,
      handle,
      title,
      vendor,
      fromMinor: from === null ? undefined : BigInt(from),
    })),
    next:
      rows.length > search.limit && last
        ? pageCursor({ order: `${order} ${match}`, key: last.key, id: last.id })
        : undefined,
    match,
    facets: search.facets && (await searchFacets(em, search, match)),
  };
}

interface Row {
  id: string;
  handle: string;
  title: string;
  vendor: string;
  from: string | null;
  key: string;
}

/** A page, and one row more where there is another one. */
async function readRows(em: EntityManager, search: ParsedSearch, request: PageRequest): Promise<Row[]> {
  const key = sortKey(request.order);
  // An order by price: of few products, their offers are looked up and sorted; of many, prices are read in order.
  const isBroad =
    request.order.startsWith('price') && isNarrowed(search) && (await readBreadth(em, search, request.match));
  return await em.execute<Row[]>(
    sql`select product.id, product.handle, product.title, product.vendor,
      ${raw(search.price ? 'offer.amount_minor' : 'null')} as "from", ${key}::text as key
    ${searchSource({ search, ...request, isBroad })} limit ${search.limit + 1}`,
  );
}

async function readBreadth(em: EntityManager, search: ParsedSearch, match: TextMatch): Promise<boolean> {
  const [row] = await em.execute<{ isBroad: boolean }[]>(breadth(search, match));
  return row?.isBroad ?? false;
}
