import { raw, type RawQueryFragment, sql } from '@mikro-orm/core';
import type { ParsedSearch } from './search-input.ts';

export const allMatches = ['words', 'spelling'] as const;

/** How the text is matched: by its words or, if no product has them, by the spelling of titles. */
export type TextMatch = (typeof allMatches)[number];

/** SQL: how well a product matches the text; greater is better. */
export function rankOf(text: string, match: TextMatch): RawQueryFragment {
  return match === 'words'
    ? sql`ts_rank(product.search, websearch_to_tsquery('english', ${text}))::float8`
    : sql`word_similarity(${text}, product.title)::float8`;
}

/** SQL: the conditions of a search on a row of `product`, without those on its price. */
export function productConditions(search: ParsedSearch, match: TextMatch): RawQueryFragment {
  const { text, categoryPath, attributes } = search;
  const conditions: RawQueryFragment[] = [sql`product.status = 'active'`, sql`product.deleted_at is null`];
  if (text !== undefined) conditions.push(textCondition(text, match));
  if (categoryPath !== undefined) {
    conditions.push(
      sql`exists (select from product_category link join category on category.id = link.category_id
                  where link.product_id = product.id and category.path <@ ${categoryPath}::ltree)`,
    );
  }
  for (const [code, filter] of Object.entries(attributes)) conditions.push(attributeCondition(code, filter));
  return allOf(conditions);
}

/** SQL: all of the conditions; true if there is none. */
export function allOf(conditions: RawQueryFragment[]): RawQueryFragment {
  return conditions.reduce((all, condition) => sql`${all} and ${condition}`, raw('true'));
}

function textCondition(text: string, match: TextMatch): RawQueryFragment {
  if (match === 'words') return sql`product.search @@ websearch_to_tsquery('english', ${text})`;
  // Word by word: a mistake is small in proportion to its word, and large in proportion to the title.
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [text];
  return allOf(words.map((word) => sql`${word} <% product.title`));
}

function attributeCondition(code: string, filter: ParsedSearch['attributes'][string]): RawQueryFragment {
  const having = (conditions: RawQueryFragment[]) =>
    sql`exists (select from product_attribute having_it where having_it.product_id = product.id
                and having_it.attribute_code = ${code} and ${allOf(conditions)})`;
  // Literals rather than a sub-select, so that the planner can look up the frequency of each value.
  if (Array.isArray(filter))
    return having([sql`having_it.value in (${filter.map((each) => JSON.stringify(each))})`]);
  // Other types sort before and after the numbers.
  const conditions: RawQueryFragment[] = [sql`jsonb_typeof(having_it.value) = 'number'`];
  if (filter.min !== undefined) conditions.push(sql`having_it.value >= ${JSON.stringify(filter.min)}::jsonb`);
  if (filter.max !== undefined) conditions.push(sql`having_it.value <= ${JSON.stringify(filter.max)}::jsonb`);
  return having(conditions);
}
