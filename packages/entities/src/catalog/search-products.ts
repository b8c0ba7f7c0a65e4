import type { EntityManager } from '@mikro-orm/postgresql';
import { pageCursor, type PagePosition, parsePageCursor } from '../operations/page-cursor.ts';
import { parseInput } from '../parse-input.ts';
import { rankOf, searchConditions, type TextMatch } from './search-conditions.ts';
import { type SearchFacets, searchFacets } from './search-facets.ts';
import { type ParsedSearch, type ProductSearch, productSearch, type SearchOrder } from './search-input.ts';

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
 * Searches the products that are active and not deleted. A page costs the same however deep it is, and products that
 * are added meanwhile neither repeat nor hide one. At most 7 statements: 2 for the words, and, where
 * nothing has them, a transaction of 3 for the spelling.
 *
 * @throws UserError `bad-input`; `bad-cursor` for a cursor of another order
 */
export async function searchProducts(em: EntityManager, input: ProductSearch = {}): Promise<ProductPage> {
  const search = parseInput(productSearch, input);
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
async function readRows(
  em: EntityManager,
  search: ParsedSearch,
  { order, match, after }: PageRequest,
): Promise<Row[]> {
  const { sql, parameters } = searchConditions(search, match);
  const key = {
    relevance: { sql: rankOf[match], parameters: [search.text], type: 'float8' },
    newest: { sql: 'product.created_at', parameters: [], type: 'timestamptz' },
    'price-ascending': { sql: 'offer.amount_minor', parameters: [], type: 'bigint' },
    'price-descending': { sql: 'offer.amount_minor', parameters: [], type: 'bigint' },
  }[order];
  const [direction, beyond] = order === 'price-ascending' ? ['', '>'] : ['desc', '<'];
  // The first of the two conditions can start within an index on the key alone.
  const later = after
    ? `and ${key.sql} ${beyond}= ?::${key.type}
       and (${key.sql}, product.id) ${beyond} (?::${key.type}, ?::uuid)`
    : '';
  const position = after ? [...key.parameters, after.key, ...key.parameters, after.key, after.id] : [];
  return await em.execute<Row[]>(
    `select product.id, product.handle, product.title, product.vendor,
       ${search.price ? 'offer.amount_minor' : 'null'} as "from", (${key.sql})::text as key
     ${sql} ${later}
     order by ${key.sql} ${direction}, product.id ${direction}
     limit ?`,
    [...key.parameters, ...parameters, ...position, ...key.parameters, search.limit + 1],
  );
}
