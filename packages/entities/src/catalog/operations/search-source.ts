import { raw, type RawQueryFragment, sql } from '@mikro-orm/core';
import type { PageKey, PagePosition } from '../../runtime/page-cursor.ts';
import { isCurrentOrBasePrice, isCurrentPrice, type PriceScope, priceOfVariant } from './current-price.ts';
import { allOf, productConditions, rankOf, type TextMatch } from './search-conditions.ts';
import type { ParsedSearch, SearchOrder } from './search-input.ts';

/** A search in an order, after a position in it. */
export interface OrderedSearch {
  search: ParsedSearch;
  match: TextMatch;
  order: SearchOrder;
  after?: PagePosition | undefined;
  /** At least {@link maxMatches} products match text, category and attributes; matters for an order by price. */
  isBroad?: boolean;
}

/**
 * How many products are ranked by a text, or sorted by a price that was looked up, at most: it bounds the cost of a
 * page. If more match a text, the newest are ranked. The default of Elasticsearch's `max_result_window` is the same.
 */
const maxMatches = 10_000;

const up = { direction: raw('asc'), beyond: raw('>') };
const down = { direction: raw('desc'), beyond: raw('<') };
const sorts = {
  relevance: { key: raw('product.rank'), type: raw('float8'), pageKey: 'rank', ...down },
  newest: { key: raw('product.created_at'), type: raw('timestamptz'), pageKey: 'time', ...down },
  'price-ascending': { key: raw('offer.amount_minor'), type: raw('bigint'), pageKey: 'amount', ...up },
  'price-descending': { key: raw('offer.amount_minor'), type: raw('bigint'), pageKey: 'amount', ...down },
} as const;

/** What the cursor of a page in this order has. */
export const pageKeyOf = (order: SearchOrder): PageKey => sorts[order].pageKey;

/** SQL: what the rows of a search in this order are sorted by, before `product.id`. */
export const sortKey = (order: SearchOrder): RawQueryFragment => sorts[order].key;

/**
 * SQL: `from ... where ... order by` of the products on sale that match the search, one row each, in their order. If
 * the search has a price, `offer` is the current price of their cheapest variant.
 */
export function searchSource(ordered: OrderedSearch): RawQueryFragment {
  const { search, order, isBroad } = ordered;
  const isByPrice = order.startsWith('price');
  const conditions = inRange(search.price, raw('offer.amount_minor'));
  if (isByPrice) conditions.push(behind(ordered));
  const scope = scopeOf(search);
  const from =
    scope && isByPrice && (isBroad || !isNarrowed(search))
      ? alongPrices(ordered, scope)
      : withOffers(ordered, scope);
  return sql`from ${from} where ${allOf(conditions)} ${orderBy(order)}`;
}

/** SQL: a query of one row, whether `isBroad` holds. */
export function breadth({ search, match }: Pick<OrderedSearch, 'search' | 'match'>): RawQueryFragment {
  return sql`select count(*) >= ${maxMatches} as "isBroad" from (
    select from product where ${productConditions(search, match)} ${orderBy('newest')} limit ${maxMatches}) product`;
}

/** Whether the search has other criteria than a price. */
export function isNarrowed({ text, categoryPath, attributes }: ParsedSearch): boolean {
  return text !== undefined || categoryPath !== undefined || Object.keys(attributes).length > 0;
}

function orderBy(order: SearchOrder): RawQueryFragment {
  const { key, direction } = sorts[order];
  return sql`order by ${key} ${direction}, product.id ${direction}`;
}

function behind({ order, after }: OrderedSearch): RawQueryFragment {
  if (after === undefined) return raw('true');
  const { key, type, beyond } = sorts[order];
  // The first of the two conditions can start within an index on the key alone.
  return sql`${key} ${beyond}= ${after.key}::${type}
    and (${key}, product.id) ${beyond} (${after.key}::${type}, ${after.id}::uuid)`;
}

const scopeOf = ({ price, priceList }: ParsedSearch): PriceScope | undefined =>
  price && { priceList, currency: price.currency };

function withOffers(ordered: OrderedSearch, scope: PriceScope | undefined): RawQueryFragment {
  const products = ordered.search.text === undefined ? listed(ordered) : textMatches(ordered);
  return scope ? sql`${products} cross join lateral (${cheapestOffer(scope)}) offer` : products;
}

const columns = raw('product.id, product.handle, product.title, product.vendor, product.created_at');

function listed(ordered: OrderedSearch): RawQueryFragment {
  return sql`(select ${columns} from product where ${ofProducts(ordered)}) product`;
}

/**
 * Sorted before offers are looked up: a page needs those of its own products, not of all matches. MATERIALIZED, since
 * the planner would otherwise walk along the newest products for words that it takes for frequent.
 */
function textMatches(ordered: OrderedSearch): RawQueryFragment {
  const { search, match, order } = ordered;
  const isByRank = order === 'relevance';
  const rank = isByRank ? rankOf(search.text ?? '', match) : raw('null');
  return sql`(
    with product as materialized (
      select ${columns}, ${rank} as rank from product where ${ofProducts(ordered)}
      ${orderBy('newest')} limit ${maxMatches})
    select * from product where ${isByRank ? behind(ordered) : raw('true')}
    ${orderBy(isByRank ? order : 'newest')}) product`;
}

// LIMIT keeps the planner from joining whole tables: it misjudges how many rows a page needs.
const cheapestOffer = (scope: PriceScope): RawQueryFragment =>
  sql`select price.id, price.amount_minor
    from product_variant sibling cross join lateral (${priceOfVariant('sibling.id', scope)}) price
    where sibling.product_id = product.id and sibling.deleted_at is null
    order by price.amount_minor, price.id limit 1`;

/** Follows the index of prices: all products in their order by price, as far as the page needs. */
function alongPrices({ search, match, order }: OrderedSearch, scope: PriceScope): RawQueryFragment {
  const pricesOf = (priceList: string) =>
    sql`(select price.id, price.amount_minor, price.variant_id from price
      where ${isCurrentPrice({ ...scope, priceList })} order by price.amount_minor ${sorts[order].direction})`;
  // Each list in its order, to be merged: read together, all prices would have to be sorted.
  const prices =
    scope.priceList === 'base'
      ? pricesOf('base')
      : sql`${pricesOf(scope.priceList)} union all ${pricesOf('base')}`;
  return sql`(${prices}) offer
    cross join lateral (
      select ${columns} from product_variant variant join product on product.id = variant.product_id
      where variant.id = offer.variant_id and ${productConditions(search, match)}
        and offer.id = (select cheapest.id from (${cheapestOffer(scope)}) cheapest)
      limit 1) product`;
}

/** The conditions that need only a row of `product`, or one of its indexes. */
function ofProducts(ordered: OrderedSearch): RawQueryFragment {
  const { search, match, order } = ordered;
  const conditions: RawQueryFragment[] = [productConditions(search, match)];
  if (order === 'newest') conditions.push(behind(ordered));
  const range = inRange(search.price, raw('price.amount_minor'));
  const scope = scopeOf(search);
  // Any variant, while `offer` is the cheapest one: the index of prices finds the few of a narrow range.
  if (scope && range.length > 0) {
    conditions.push(sql`exists (select from product_variant variant join price on price.variant_id = variant.id
      where variant.product_id = product.id and ${isCurrentOrBasePrice(scope)} and ${allOf(range)})`);
  }
  return allOf(conditions);
}

function inRange(price: ParsedSearch['price'], amount: RawQueryFragment): RawQueryFragment[] {
  const range: RawQueryFragment[] = [];
  if (price?.minMinor !== undefined) range.push(sql`${amount} >= ${price.minMinor}`);
  if (price?.maxMinor !== undefined) range.push(sql`${amount} <= ${price.maxMinor}`);
  return range;
}
