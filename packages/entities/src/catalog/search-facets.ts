import type { EntityManager } from '@mikro-orm/postgresql';
import type { AttributeValue } from './attribute.ts';
import { searchConditions, type TextMatch } from './search-conditions.ts';
import type { ParsedSearch } from './search-input.ts';

/** How many of the products that fulfil the search each choice would leave. */
export interface SearchFacets {
  /** The categories right below that of the search, or the roots; each with its subtree. */
  categories: { path: string; name: string; count: number }[];
  /** The most frequent values of each attribute, at most {@link maxFacetValues}. */
  attributes: { code: string; name: string; values: { value: AttributeValue; count: number }[] }[];
  /** From a bound (inclusive) to the next (exclusive); undefined before the first and after the last one. */
  prices: { fromMinor: bigint | undefined; toMinor: bigint | undefined; count: number }[];
}

/** So many values of an attribute are counted. */
export const maxFacetValues = 50;

/** Counts, in one statement, which reads each product that fulfils the search. */
export async function searchFacets(
  em: EntityManager,
  search: ParsedSearch,
  match: TextMatch,
): Promise<SearchFacets> {
  const found = searchConditions(search, match);
  const bounds = (search.facets?.priceBoundsMinor ?? []).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const level = search.categoryPath === undefined ? 1 : search.categoryPath.split('.').length + 1;
  const [row] = await em.execute<
    (Omit<SearchFacets, 'prices'> & { prices: { bucket: number; count: number }[] })[]
  >(
    `with found as materialized (
       select product.id, ${search.price ? 'offer.amount_minor' : 'null::bigint'} as amount ${found.sql}),
     in_category as (
       select category.path, category.name, category.position, count(distinct found.id)::integer as count
       from found join product_category link on link.product_id = found.id
       join category below on below.id = link.category_id
       join category on category.path = subpath(below.path, 0, ?)
       where nlevel(below.path) >= ? and below.path <@ ?::ltree
       group by category.id),
     of_value as (
       select attribute_code as code, value, count(*)::integer as count,
         row_number() over (partition by attribute_code order by count(*) desc, value) as place
       from found join product_attribute on product_id = found.id
       group by attribute_code, value),
     of_attribute as (
       select attribute.code, attribute.name,
         jsonb_agg(jsonb_build_object('value', value, 'count', count) order by place) as "values"
       from of_value join attribute using (code) where place <= ?
       group by attribute.code),
     in_bucket as (
       select width_bucket(amount, ?::bigint[]) as bucket, count(*)::integer as count
       from found where amount is not null group by bucket)
     select
       coalesce((select jsonb_agg(jsonb_build_object('path', path::text, 'name', name, 'count', count)
                                  order by position, name) from in_category), '[]') as categories,
       coalesce((select jsonb_agg(to_jsonb(of_attribute) order by code) from of_attribute), '[]') as attributes,
       coalesce((select jsonb_agg(to_jsonb(in_bucket) order by bucket) from in_bucket), '[]') as prices`,
    [...found.parameters, level, level, search.categoryPath ?? '', maxFacetValues, `{${bounds.join(',')}}`],
  );
  if (row === undefined) throw new Error('A query of aggregates has one row.');
  const prices = bounds.length === 0 ? [] : row.prices;
  return {
    categories: row.categories,
    attributes: row.attributes,
    prices: prices.map(({ bucket, count }) => ({
      fromMinor: bounds[bucket - 1],
      toMinor: bounds[bucket],
      count,
    })),
  };
}
