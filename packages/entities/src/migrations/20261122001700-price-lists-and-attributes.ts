import { SqlMigration } from './sql-migration.ts';

/** Price lists that end, and attributes of variants. */
export class PriceListsAndAttributes extends SqlMigration {
  protected override readonly upStatements = [
    `alter table price_list add ended_at timestamptz,
  add constraint price_list_ended_at_check check (code <> 'base' or ended_at is null) not valid`,
    `alter table price_list validate constraint price_list_ended_at_check`,

    // The lock makes the end of a list and the setting of its prices wait for each other.
    `create function check_price_list_open() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from price_list where code = new.price_list_code for share;
  if exists (select from price_list
             where code = new.price_list_code and ended_at < coalesce(upper(new.valid), 'infinity')) then
    raise exception 'price list %: it has ended', new.price_list_code
      using errcode = 'check_violation', table = 'price', constraint = 'price_list_open';
  end if;
  return new;
end $$`,
    // Not for base, which never ends, and has the most prices.
    `create trigger price_list_open before insert or update on price
  for each row when (new.price_list_code <> 'base') execute function check_price_list_open()`,

    // The target of the foreign key, in place of the index on its first column.
    `create unique index concurrently product_variant_product_id_id_unique on product_variant (product_id, id)`,
    `drop index concurrently product_variant_product_id_index`,
    `alter table product_attribute add variant_id uuid,
  add constraint product_attribute_product_id_variant_id_foreign foreign key (product_id, variant_id)
    references product_variant (product_id, id) on delete cascade not valid`,
    `alter table product_attribute validate constraint product_attribute_product_id_variant_id_foreign`,
    // Built before the old key goes, so that values are unique all the while.
    `create unique index concurrently product_attribute_value_new
  on product_attribute (product_id, variant_id, attribute_code, value) nulls not distinct`,
    `alter table product_attribute drop constraint product_attribute_value_unique`,
    `alter index product_attribute_value_new rename to product_attribute_value_unique`,
  ];

  protected override readonly downStatements = [
    `delete from product_attribute where variant_id is not null`,
    `drop index product_attribute_value_unique`,
    `alter table product_attribute
  drop column variant_id,
  add constraint product_attribute_value_unique unique (product_id, attribute_code, value)`,
    `create index product_variant_product_id_index on product_variant (product_id)`,
    `drop index product_variant_product_id_id_unique`,
    `drop trigger price_list_open on price`,
    `drop function check_price_list_open()`,
    `alter table price_list drop column ended_at`,
  ];
}
