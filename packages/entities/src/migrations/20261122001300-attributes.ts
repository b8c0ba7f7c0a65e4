import { SqlMigration } from './sql-migration.ts';

/** Attributes of products, and the indexes of the catalog's and the orders' listings. */
export class Attributes extends SqlMigration {
  protected override readonly upStatements = [
    `create table attribute (
  code        text        not null,
  name        text        not null,
  value_type  text        not null,
  created_at  timestamptz not null default now(),
  constraint attribute_pkey primary key (code),
  constraint attribute_code_check check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint attribute_name_check check (name <> ''),
  constraint attribute_value_type_check check (value_type in ('string', 'number', 'boolean'))
)`,

    // One column for all types: jsonb compares numbers as numbers, so that one index serves values and ranges.
    `create table product_attribute (
  id              uuid  not null default uuidv7(),
  product_id      uuid  not null,
  attribute_code  text  not null,
  value           jsonb not null,
  constraint product_attribute_pkey primary key (id),
  constraint product_attribute_product_id_foreign foreign key (product_id) references product (id) on delete cascade,
  constraint product_attribute_attribute_code_foreign foreign key (attribute_code) references attribute (code),
  constraint product_attribute_value_unique unique (product_id, attribute_code, value),
  constraint product_attribute_value_check check (octet_length(value::text) <= 1000)
)`,
    `create index product_attribute_listing_index on product_attribute (attribute_code, value, product_id)`,

    // Safe without a lock: the application may not change the type of an attribute.
    `create function check_attribute_value() returns trigger language plpgsql as $$
begin
  if jsonb_typeof(new.value) <> (select value_type from attribute where code = new.attribute_code) then
    raise exception 'attribute %: a value is a %', new.attribute_code, jsonb_typeof(new.value)
      using errcode = 'check_violation', table = 'product_attribute',
            constraint = 'product_attribute_value_type';
  end if;
  return new;
end $$`,
    `create trigger product_attribute_value_type before insert or update on product_attribute
  for each row execute function check_attribute_value()`,

    // By price; it begins with the column of the foreign key, whose own index it replaces.
    `create index concurrently price_listing_index on price (price_list_code, currency_code, amount_minor)`,
    `drop index concurrently price_price_list_code_index`,
    `create index concurrently sales_order_status_index on sales_order (status, placed_at, id)`,

    // Default privileges grant more. Attributes are never deleted, and keep their type.
    `revoke all on attribute, product_attribute from shop_app`,
    `grant select, insert on attribute to shop_app`,
    `grant update (name) on attribute to shop_app`,
    `grant select, insert, update, delete on product_attribute to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop index sales_order_status_index`,
    `create index price_price_list_code_index on price (price_list_code)`,
    `drop index price_listing_index`,
    `drop table product_attribute, attribute`,
    `drop function check_attribute_value()`,
  ];
}
