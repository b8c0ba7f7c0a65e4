import { SqlMigration } from './sql-migration.ts';

/** Classes of variants, the rates at which they are taxed, and at which rate and on what an order was. */
export class TaxRates extends SqlMigration {
  protected override readonly upStatements = [
    `alter table product_variant add tax_class text not null default 'standard', add constraint product_variant_tax_class_check check (tax_class ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(tax_class) <= 200) not valid`,
    `alter table product_variant validate constraint product_variant_tax_class_check`,
    `comment on column product_variant.tax_class is
  'Which of tax_rate apply, if it is taxable.'`,

    `create table tax_rate (
  id              uuid        not null default uuidv7(),
  tax_class       text        not null default 'standard',
  country_code    text        not null,
  region          text,
  code            text        not null,
  rate_ppm        integer     not null,
  taxes_shipping  boolean     not null default true,
  valid           tstzrange   not null default tstzrange(now(), null::timestamptz),
  created_at      timestamptz not null default now(),
  constraint tax_rate_pkey primary key (id),
  constraint tax_rate_length_check check (length(code) <= 200 and length(region) <= 200),
  constraint tax_rate_tax_class_check check (tax_class ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(tax_class) <= 200),
  constraint tax_rate_country_code_check check (country_code ~ '^[A-Z]{2}$'),
  constraint tax_rate_code_check check (code <> '' and region <> ''),
  constraint tax_rate_rate_ppm_check check (rate_ppm >= 0 and rate_ppm <= 10000000),
  constraint tax_rate_valid_check check (not isempty(valid) and not lower_inf(valid)),
  constraint tax_rate_no_overlap exclude using gist
    (tax_class with =, country_code with =, coalesce(region, '') with =, code with =, valid with &&)
)`,
    `comment on column tax_rate.region is 'As in addresses; null: of the whole country.'`,
    `comment on column tax_rate.code is 'The tax, and not its rate: another code is another tax beside it.'`,
    `comment on column tax_rate.rate_ppm is 'Millionths of the price before tax: 190000 is 19 %.'`,
    // Default privileges grant more.
    `revoke all on tax_rate from shop_app`,
    `grant select, insert, delete, update (valid) on tax_rate to shop_app`,

    `alter table order_adjustment add rate_ppm integer, add taxable_minor bigint,
  add constraint order_adjustment_tax_base_check check (
    (rate_ppm is null) = (taxable_minor is null)
    and (rate_ppm is null or kind = 'tax' and rate_ppm >= 0 and rate_ppm <= 10000000 and taxable_minor >= 0)) not valid,
  add constraint order_adjustment_tax_check check (
    abs(amount_minor::numeric * 1000000 - taxable_minor::numeric * rate_ppm) <= 2 * (1000000 + rate_ppm)) not valid`,
    `alter table order_adjustment validate constraint order_adjustment_tax_base_check`,
    `alter table order_adjustment validate constraint order_adjustment_tax_check`,
    `comment on column order_adjustment.rate_ppm is
  'Of a tax: millionths of taxable_minor. Null where whoever computed the tax did not say.'`,
    `comment on column order_adjustment.taxable_minor is 'Of a tax: the amount before tax that it was charged on.'`,
    `grant insert (rate_ppm, taxable_minor) on order_adjustment to shop_app`,
  ];

  protected override readonly downStatements = [
    `alter table order_adjustment drop column rate_ppm, drop column taxable_minor`,
    `drop table tax_rate`,
    `alter table product_variant drop column tax_class`,
  ];
}
