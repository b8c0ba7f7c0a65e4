import { SqlMigration } from './sql-migration.ts';

/** Prices that include their taxes, of a currency or of a list, and orders that were charged such prices. */
export class TaxIncluded extends SqlMigration {
  protected override readonly upStatements = [
    `alter table currency add tax_included boolean not null default false`,
    `comment on column currency.tax_included is
  'Whether prices of base include taxes, and those of each list that does not say otherwise.'`,
    `grant update (tax_included) on currency to shop_app`,
    `alter table price_list add tax_included boolean,
  add constraint price_list_tax_included_check check (code <> 'base' or tax_included is null) not valid`,
    `alter table price_list validate constraint price_list_tax_included_check`,
    `comment on column price_list.tax_included is
  'Whether its prices include taxes, in all currencies; null: as those of base in the same currency.'`,

    `alter table sales_order add tax_included boolean not null default false,
  drop constraint sales_order_total_check,
  add constraint sales_order_total_check check (
    total_minor = subtotal_minor - discount_minor + shipping_minor + case when tax_included then 0 else tax_minor end) not valid,
  add constraint sales_order_tax_included_check check (not tax_included or tax_minor <= total_minor) not valid`,
    `alter table sales_order validate constraint sales_order_total_check`,
    `alter table sales_order validate constraint sales_order_tax_included_check`,
    `comment on column sales_order.tax_included is
  'Whether the other amounts, and the prices of the lines, include the tax. A snapshot.'`,
    `grant insert (tax_included) on sales_order to shop_app`,
  ];

  protected override readonly downStatements = [
    // Orders whose tax is a part of the total have one beside it again: this fails, unless the tax was none.
    `alter table sales_order
  drop constraint sales_order_tax_included_check,
  drop constraint sales_order_total_check,
  add constraint sales_order_total_check check (
    total_minor = subtotal_minor - discount_minor + shipping_minor + tax_minor),
  drop column tax_included`,
    `alter table price_list drop column tax_included`,
    `alter table currency drop column tax_included`,
  ];
}
