import { raw, type RawQueryFragment, sql } from '@mikro-orm/core';
import type { TextMatch } from './search-conditions.ts';
import type { ParsedSearch } from './search-input.ts';
import { searchSource } from './search-source.ts';

/** How many values of an attribute are counted. */
const maxFacetValues = 50;

/** How many products are counted for a facet, the newest first: its cost does not grow with the catalog. */
const maxCountedProducts = 1000;

/** What to count. */
interface FacetRequest {
  search: ParsedSearch;
  match: TextMatch;
  /** The bounds of price buckets, sorted. */
  bounds: readonly bigint[];
}

/**
 * SQL: a query of one row with `categories`, `attributes`, `prices` (by bucket, 0 is before the first bound) and
 * `isCapped`.
 */
export function facetCounts({ search, match, bounds }: FacetRequest): RawQueryFragment {
  const { categoryPath, attributes, price } = search;
  const sets: RawQueryFragment[] = [];
  const found = (each: ParsedSearch): RawQueryFragment => {
    const name = raw(`found_${sets.length}`);
    sets.push(sql`${name} as materialized (
      select product.id, ${raw(price ? 'offer.amount_minor' : 'null::bigint')} as amount
      ${searchSource({ search: each, match, order: 'newest' })} limit ${maxCountedProducts})`);
    return name;
  };
  const all = found(search);
  const codes = Object.keys(attributes);
  const values = [
    ofAttributes(
      all,
      sql`attribute_code not in (select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb))`,
    ),
  ];
  for (const code of codes) {
    const { [code]: _own, ...others } = attributes;
    values.push(ofAttributes(found({ ...search, attributes: others }), sql`attribute_code = ${code}`));
  }
  const categories = [inCategories(all, categoryPath)];
  if (categoryPath !== undefined) {
    const parent = categoryPath.split('.').slice(0, -1).join('.') || undefined;
    categories.push(inCategories(found({ ...search, categoryPath: parent }), parent));
  }
  const isRange = price?.minMinor !== undefined || price?.maxMinor !== undefined;
  const priced = isRange ? found({ ...search, price: { currency: price.currency } }) : all;
  const union = (parts: RawQueryFragment[]) =>
    parts.reduce((before, part) => sql`${before} union all ${part}`);
  const full = union(sets.map((_set, index) => sql`select count(*) as count from ${raw(`found_${index}`)}`));
  return sql`with ${sets.reduce((before, set) => sql`${before}, ${set}`)},
    in_category as (${union(categories)}),
    value_count as (${union(values)}),
    of_value as (
      select *, row_number() over (partition by code order by count desc, value) as place from value_count),
    of_attribute as (
      select attribute.code, attribute.name,
        jsonb_agg(jsonb_build_object('value', value, 'count', count) order by place) as "values"
      from of_value join attribute using (code) where place <= ${maxFacetValues}
      group by attribute.code),
    in_bucket as (
      select width_bucket(amount, ${`{${bounds.join(',')}}`}::bigint[]) as bucket, count(*)::integer as count
      from ${priced} where amount is not null and ${bounds.length > 0} group by bucket)
    select
      coalesce((select jsonb_agg(jsonb_build_object('path', path::text, 'name', name, 'count', count)
                                 order by nlevel(path), position, name) from in_category), '[]') as categories,
      coalesce((select jsonb_agg(to_jsonb(of_attribute) order by code) from of_attribute), '[]') as attributes,
      coalesce((select jsonb_agg(to_jsonb(in_bucket) order by bucket) from in_bucket), '[]') as prices,
      (select max(count) from (${full}) each_set) = ${maxCountedProducts} as "isCapped"`;
}

// OFFSET makes the planner look up the rows of each product instead of joining the whole table.
function inCategories(found: RawQueryFragment, below: string | undefined): RawQueryFragment {
  const level = (below?.split('.').length ?? 0) + 1;
  return sql`select category.path, category.name, category.position, count(distinct found.id)::integer as count
    from ${found} found
    cross join lateral (select category_id from product_category where product_id = found.id offset 0) link
    join category leaf on leaf.id = link.category_id
    join category on category.path = subpath(leaf.path, 0, ${level})
    where nlevel(leaf.path) >= ${level} and leaf.path <@ ${below ?? ''}::ltree
    group by category.id`;
}

function ofAttributes(found: RawQueryFragment, condition: RawQueryFragment): RawQueryFragment {
  return sql`select code, value, count(distinct found.id)::integer as count
    from ${found} found cross join lateral (
      select attribute_code as code, value from product_attribute
      where product_id = found.id and ${condition} offset 0) having_it
    group by code, value`;
}
