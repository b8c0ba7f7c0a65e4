import { id, variant } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** Invariant 10: the catalog. */
export const catalogCorruptions: Corruption[] = [
  {
    what: 'a path that leads elsewhere',
    sql: `update category set path = 'elsewhere' where id = '${id(2)}'`,
    findings: ['category.path'],
  },
  {
    what: 'a parent that moved alone',
    sql: `update category set slug = 'wear', path = 'wear' where id = '${id(1)}'`,
    findings: ['category.path'],
  },
  {
    what: 'a product on sale whose variants were deleted',
    sql: `update product_variant set deleted_at = now() where product_id = '${id(5)}';
     update product set status = 'active' where id = '${id(5)}'`,
    findings: ['product.variants'],
  },
  {
    what: 'a variant without a price',
    sql: `update price set valid = '[2026-01-01,2026-02-01)' where variant_id = '${variant.coat}'`,
    findings: ['variant.base-price'],
  },
  {
    what: 'two prices at once',
    sql: `alter table price drop constraint price_no_overlap;
     insert into price (variant_id, currency_code, amount_minor) values ('${variant.coat}', 'EUR', 1)`,
    findings: ['variant.one-base-price'],
  },
  {
    what: 'a value of an option that the product does not have',
    sql: `update product_variant set option_values = '{"Colour": "S"}' where id = '${variant.tee}'`,
    findings: ['variant.options'],
  },
  {
    what: 'an option that was renamed alone',
    sql: `update product set option_names = '{Fit}' where id = '${id(3)}'`,
    findings: ['variant.options'],
  },
  {
    what: 'two variants with the same options',
    sql: `drop index product_variant_options_unique;
     insert into product_variant (product_id, title) values ('${id(5)}', 'Hat')`,
    findings: ['variant.unique-options'],
  },
  {
    what: 'an image of the variant of another product',
    sql: `insert into product_media (product_id, variant_id, url)
     values ('${id(3)}', '${variant.coat}', 'https://example.com/coat.jpg')`,
    findings: ['media.variant'],
  },
  {
    what: 'a price of a list that has ended',
    sql: `insert into price_list (code, name, ended_at) values ('sale', 'Sale', now() - interval '1 day');
     insert into price (variant_id, price_list_code, currency_code, amount_minor, valid) values
       ('${variant.tee}', 'sale', 'EUR', 1, tstzrange(now() - interval '2 days', now() - interval '1 day')),
       ('${variant.coat}', 'sale', 'EUR', 1, tstzrange(now() - interval '2 days', null))`,
    findings: ['price.list-ended'],
  },
  {
    what: 'a class without a rate in a country that has others',
    sql: `insert into tax_rate (country_code, code, rate_ppm) values ('DE', 'VAT', 190000);
     update product_variant set tax_class = 'reducd' where id = '${variant.tee}'`,
    findings: ['variant.tax-rate'],
  },
];
