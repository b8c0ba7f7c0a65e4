import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';

const categories = query({
  name: 'categories',
  key: ['id'],
  sql: `SELECT c.id, c.slug, c.path,
      CASE WHEN c.parent_id IS NULL THEN label.own ELSE parent.path || label.own END AS expected_path
    FROM category c LEFT JOIN category parent ON parent.id = c.parent_id
    CROSS JOIN LATERAL (SELECT regexp_replace(c.slug, '[^a-zA-Z0-9]', '_', 'g')::ltree) AS label (own)`,
});

/** One row a variant that can be bought, with its base prices of this moment. */
const variants = query({
  name: 'active variants',
  key: ['id'],
  sql: `SELECT v.id, v.sku, coalesce(b.prices, 0) AS prices, coalesce(b.currencies, '{}') AS currencies
    FROM product p JOIN product_variant v ON v.product_id = p.id
    LEFT JOIN (SELECT variant_id, count(*) AS prices, array_agg(DISTINCT currency_code) AS currencies FROM price
      WHERE price_list_code = 'base' AND valid @> now() GROUP BY variant_id) b ON b.variant_id = v.id
    WHERE p.status = 'active' AND p.deleted_at IS NULL AND v.deleted_at IS NULL`,
});

/** Invariant 10. */
export function catalogRowChecks(currencies: readonly string[]): Check[] {
  const list = currencies.map((code) => `'${code.replaceAll(`'`, `''`)}'`).join(', ');
  return [
    rowCheck({
      id: 'category.path',
      description: `The path of a category is its parent's path and its slug.`,
      on: categories,
      that: 'path = expected_path',
      nulls: 'fail',
      show: ['path', 'expected_path'],
      fix: 'UPDATE category SET slug = slug; -- a trigger rewrites the paths, from the roots down',
    }),
    rowCheck({
      id: 'variant.base-price',
      description:
        currencies.length === 0
          ? 'Every active variant has a current base price.'
          : `Every active variant has a current base price in ${currencies.join(', ')}.`,
      on: variants,
      that: currencies.length === 0 ? 'prices > 0' : `currencies @> ARRAY[${list}]::text[]`,
      show: ['sku', 'currencies'],
      fix: 'Give the variant a price, or take its product off sale.',
    }),
    rowCheck({
      id: 'variant.one-base-price',
      description: 'No variant has two current base prices in one currency.',
      on: variants,
      that: 'prices = cardinality(currencies)',
      show: ['sku', 'prices', 'currencies'],
      fix: 'End the validity of the price that no longer applies.',
    }),
    noRows({
      id: 'price.list-ended',
      description: 'No price is valid after the end of its list.',
      sql: `SELECT p.id, p.price_list_code, p.valid, l.ended_at FROM price p JOIN price_list l ON l.code = p.price_list_code
        WHERE coalesce(upper(p.valid), 'infinity') > l.ended_at`,
      key: ['id'],
      show: ['price_list_code', 'valid', 'ended_at'],
      fix: 'Delete the prices that begin later, and let the validity of the others end with the list.',
    }),
  ];
}
