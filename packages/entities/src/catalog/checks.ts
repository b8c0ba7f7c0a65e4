import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';

const categories = query({
  name: 'categories',
  key: ['id'],
  sql: `select c.id, c.slug, c.path,
      case when c.parent_id is null then label.own else parent.path || label.own end as expected_path
    from category c left join category parent on parent.id = c.parent_id
    cross join lateral (select regexp_replace(c.slug, '[^a-zA-Z0-9]', '_', 'g')::ltree) as label (own)`,
});

/** One row a variant that can be bought, with its base prices of this moment. */
const variants = query({
  name: 'active variants',
  key: ['id'],
  sql: `select v.id, v.sku, coalesce(b.prices, 0) as prices, coalesce(b.currencies, '{}') as currencies
    from product p join product_variant v on v.product_id = p.id
    left join (select variant_id, count(*) as prices, array_agg(distinct currency_code) as currencies from price
      where price_list_code = 'base' and valid @> now() group by variant_id) b on b.variant_id = v.id
    where p.status = 'active' and p.deleted_at is null and v.deleted_at is null`,
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
      fix: 'update category set slug = slug; -- a trigger rewrites the paths, from the roots down',
    }),
    noRows({
      id: 'product.variants',
      description: 'A product that is on sale has a variant.',
      severity: 'warning',
      sql: `select p.id, p.handle from product p where p.status = 'active' and p.deleted_at is null
        and not exists (select from product_variant v where v.product_id = p.id and v.deleted_at is null)`,
      key: ['id'],
      show: ['handle'],
      fix: 'Give it a variant (createVariant), or take it off sale (updateProduct).',
    }),
    rowCheck({
      id: 'variant.base-price',
      description:
        currencies.length === 0
          ? 'Every active variant has a current base price.'
          : `Every active variant has a current base price in ${currencies.join(', ')}.`,
      on: variants,
      that: currencies.length === 0 ? 'prices > 0' : `currencies @> array[${list}]::text[]`,
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
      id: 'variant.options',
      description: 'A variant has a value for each option of its product, and for no other.',
      // An import that renames the options of a product keeps variants that it does not have.
      severity: 'warning',
      sql: `select v.id, v.sku, v.option_values, p.option_names
        from product_variant v join product p on p.id = v.product_id
        where v.deleted_at is null and p.deleted_at is null
          and array(select jsonb_object_keys(v.option_values) as name order by name)
            <> array(select name from unnest(p.option_names) as name order by name)`,
      key: ['id'],
      show: ['sku', 'option_values', 'option_names'],
      fix: 'Give the variant values of the options of its product (updateVariant), or delete it (softDeleteVariant).',
    }),
    noRows({
      id: 'variant.unique-options',
      description: 'No two variants of a product have the same options.',
      sql: `select min(id::text) as id, product_id, option_values, count(*) as variants from product_variant
        where deleted_at is null group by product_id, option_values having count(*) > 1`,
      key: ['id'],
      show: ['product_id', 'option_values', 'variants'],
      fix: 'Delete all of them but one (softDeleteVariant); then create the index product_variant_options_unique.',
    }),
    noRows({
      id: 'media.variant',
      description: 'An image shows a variant of its product.',
      sql: `select m.id, m.url, m.product_id, v.product_id as other_id
        from product_media m join product_variant v on v.id = m.variant_id where v.product_id <> m.product_id`,
      key: ['id'],
      show: ['url', 'product_id', 'other_id'],
      fix: 'Set another variant, or none (updateMedia).',
    }),
    noRows({
      id: 'variant.tax-rate',
      description:
        'Where a country has tax rates now, the tax class of every active variant that is taxable has one.',
      severity: 'warning',
      sql: `select c.tax_class, r.country_code, c.variants
        from (select distinct country_code from tax_rate where valid @> now()) r
        cross join (select v.tax_class, count(*) as variants from product p join product_variant v on v.product_id = p.id
          where p.status = 'active' and p.deleted_at is null and v.deleted_at is null and v.taxable
          group by v.tax_class) c
        where not exists (select from tax_rate t
          where t.tax_class = c.tax_class and t.country_code = r.country_code and t.valid @> now())`,
      key: ['tax_class', 'country_code'],
      show: ['variants'],
      fix: 'Call setTaxRate for the class and the country, with 0 where nothing is charged; until then its variants are not sold there.',
    }),
    noRows({
      id: 'price.list-ended',
      description: 'No price is valid after the end of its list.',
      sql: `select p.id, p.price_list_code, p.valid, l.ended_at from price p join price_list l on l.code = p.price_list_code
        where coalesce(upper(p.valid), 'infinity') > l.ended_at`,
      key: ['id'],
      show: ['price_list_code', 'valid', 'ended_at'],
      fix: 'Delete the prices that begin later, and let the validity of the others end with the list.',
    }),
  ];
}
