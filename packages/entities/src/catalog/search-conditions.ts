import type { ParsedSearch } from './search-input.ts';

/** A part of a statement, with the values of its question marks. */
export interface SqlPart {
  sql: string;
  parameters: unknown[];
}

/** How the text is matched: by its words, or, where no product has them, by how alike the titles are spelt. */
export type TextMatch = 'words' | 'spelling';

/** How well a product matches the text, greater is better; takes the text. */
export const rankOf: Record<TextMatch, string> = {
  words: `ts_rank(product.search, websearch_to_tsquery('english', ?))::float8`,
  spelling: `word_similarity(?, product.title)::float8`,
};

function textCondition(text: string, match: TextMatch): [string, ...unknown[]] {
  if (match === 'words') return [`product.search @@ websearch_to_tsquery('english', ?)`, text];
  // Word for word: one mistake in each is little beside the word, and much beside the title.
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [text];
  return [words.map(() => '? <% product.title').join(' and '), ...words];
}

/** The current price of a variant in a list and a currency, and the cheapest variant of a product. */
const currentPrice = `price.price_list_code = ? and price.currency_code = ? and price.valid @> now()`;
const cheapestOffer = `select price.id, price.amount_minor
  from product_variant sibling join price on price.variant_id = sibling.id
  where sibling.product_id = product.id and sibling.deleted_at is null and ${currentPrice}
  order by price.amount_minor, price.id limit 1`;

/**
 * `from ... where ...`: the products that are on offer and fulfil the search, one row each; with a price, `offer` is
 * the current price of their cheapest variant.
 */
export function searchConditions(search: ParsedSearch, match: TextMatch): SqlPart {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  const where = (sql: string, ...values: unknown[]) => {
    conditions.push(sql);
    parameters.push(...values);
  };
  const from = fromClause(search);
  parameters.push(...from.parameters);
  where(`product.status = 'active'`);
  where('product.deleted_at is null');
  const { minMinor, maxMinor } = search.price ?? {};
  if (minMinor !== undefined) where('offer.amount_minor >= ?', minMinor);
  if (maxMinor !== undefined) where('offer.amount_minor <= ?', maxMinor);
  if (search.text !== undefined) where(...textCondition(search.text, match));
  if (search.categoryPath !== undefined) {
    where(
      `exists (select from product_category link join category on category.id = link.category_id
               where link.product_id = product.id and category.path <@ ?::ltree)`,
      search.categoryPath,
    );
  }
  for (const [code, filter] of Object.entries(search.attributes)) where(...attributeCondition(code, filter));
  return { sql: `${from.sql} where ${conditions.join(' and ')}`, parameters };
}

// LIMIT keeps the planner from joining whole tables, for which it mistakes the rows that a page needs.
function fromClause({ price, priceList, sort, text, categoryPath, attributes }: ParsedSearch): SqlPart {
  if (price === undefined) return { sql: 'from product', parameters: [] };
  const list = [priceList, price.currency];
  const isNarrowed = text !== undefined || categoryPath !== undefined || Object.keys(attributes).length > 0;
  if (!sort?.startsWith('price') || isNarrowed) {
    return { sql: `from product cross join lateral (${cheapestOffer}) offer`, parameters: list };
  }
  // Along the index of prices: all products in their order by price, as far as the page goes.
  return {
    sql: `from (select price.id, price.amount_minor, price.variant_id from price where ${currentPrice}) offer
      cross join lateral (
        select product.* from product_variant variant join product on product.id = variant.product_id
        where variant.id = offer.variant_id and offer.id = (select cheapest.id from (${cheapestOffer}) cheapest)
        limit 1) product`,
    parameters: [...list, ...list],
  };
}

function attributeCondition(
  code: string,
  filter: ParsedSearch['attributes'][string],
): [string, ...unknown[]] {
  const exists = (condition: string) =>
    `exists (select from product_attribute having_it
             where having_it.product_id = product.id and having_it.attribute_code = ? and ${condition})`;
  if (Array.isArray(filter)) {
    return [
      exists('having_it.value = any (array(select jsonb_array_elements(?::jsonb)))'),
      code,
      JSON.stringify(filter),
    ];
  }
  const bounds: [string, number | undefined][] = [
    ['>=', filter.min],
    ['<=', filter.max],
  ];
  const set = bounds.filter(([, bound]) => bound !== undefined);
  // Other types sort before and after the numbers.
  const conditions = [
    `jsonb_typeof(having_it.value) = 'number'`,
    ...set.map(([sign]) => `having_it.value ${sign} ?::jsonb`),
  ];
  return [exists(conditions.join(' and ')), code, ...set.map(([, bound]) => JSON.stringify(bound))];
}
