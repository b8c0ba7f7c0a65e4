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
