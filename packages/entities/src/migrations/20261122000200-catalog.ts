import { SqlMigration } from './sql-migration.ts';

/** Categories, products, variants, media and prices. */
export class Catalog extends SqlMigration {
  protected override readonly upStatements = [
    `create table category (
  id          uuid        not null default uuidv7(),
  parent_id   uuid,
  slug        text        not null,
  name        text        not null,
  path        ltree       not null default '',
  position    integer     not null default 0,
  created_at  timestamptz not null default now(),
  constraint category_pkey primary key (id),
  constraint category_path_unique unique (path),
  constraint category_parent_id_foreign foreign key (parent_id) references category (id),
  constraint category_slug_check check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 200),
  constraint category_name_check check (name <> '')
)`,
    `create index category_parent_id_index on category (parent_id)`,
    `create index category_path_index on category using gist (path)`,

    // Derived from the parent's path and the slug. A label has no hyphen before PostgreSQL 16.
    `create function set_category_path() returns trigger language plpgsql as $$
declare
  label text := regexp_replace(new.slug, '[^a-zA-Z0-9]', '_', 'g');
  parent_path ltree;
begin
  if new.parent_id is null then
    new.path := label::ltree;
    return new;
  end if;
  select path into parent_path from category where id = new.parent_id for share;
  if tg_op = 'UPDATE' and parent_path <@ old.path then
    raise exception 'category %: its new parent lies below it', new.id
      using errcode = 'check_violation', table = 'category', constraint = 'category_no_cycle';
  end if;
  new.path := parent_path || label;
  return new;
end $$`,
    `create function move_category_children() returns trigger language plpgsql as $$
begin
  update category set parent_id = parent_id where parent_id = new.id;
  return null;
end $$`,
    `create trigger category_path before insert or update of parent_id, slug, path on category
  for each row execute function set_category_path()`,
    `create trigger category_children after update of parent_id, slug, path on category
  for each row when (old.path <> new.path) execute function move_category_children()`,

    `create table product (
  id                uuid        not null default uuidv7(),
  handle            text        not null,
  title             text        not null,
  description_html  text        not null default '',
  vendor            text        not null default '',
  product_type      text        not null default '',
  status            text        not null default 'draft',
  option_names      text[]      not null default '{}',
  tags              text[]      not null default '{}',
  published_at      timestamptz,
  deleted_at        timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  search            tsvector    not null generated always as (
    setweight(to_tsvector('english', title), 'A')
    || setweight(to_tsvector('english', vendor || ' ' || product_type), 'B')
    || setweight(to_tsvector('english', regexp_replace(description_html, '<[^>]*>', ' ', 'g')), 'D')
  ) stored,
  constraint product_pkey primary key (id),
  constraint product_handle_check check (handle <> '' and length(handle) <= 255),
  constraint product_title_check check (title <> '' and length(title) <= 500),
  -- A tsvector holds at most 1 MB: a larger text would fail with an error that names no column.
  constraint product_description_html_check check (octet_length(description_html) <= 524288),
  constraint product_status_check check (status in ('draft', 'active', 'archived'))
)`,
    `create unique index product_handle_unique on product (handle) where deleted_at is null`,
    `create index product_listing_index on product (created_at, id) where deleted_at is null and status = 'active'`,
    `create index product_search_index on product using gin (search)`,
    `create index product_title_trgm_index on product using gin (title gin_trgm_ops)`,
    `create index product_tags_index on product using gin (tags)`,
    `create trigger product_updated_at before update on product for each row execute function set_updated_at()`,

    `create table product_category (
  product_id   uuid    not null,
  category_id  uuid    not null,
  position     integer not null default 0,
  constraint product_category_pkey primary key (product_id, category_id),
  constraint product_category_product_id_foreign foreign key (product_id) references product (id) on delete cascade,
  constraint product_category_category_id_foreign foreign key (category_id) references category (id)
)`,
    `create index product_category_category_id_index on product_category (category_id)`,

    `create table product_variant (
  id                 uuid        not null default uuidv7(),
  product_id         uuid        not null,
  sku                text,
  barcode            text,
  title              text        not null,
  option_values      jsonb       not null default '{}',
  position           integer     not null default 0,
  weight_grams       integer     not null default 0,
  requires_shipping  boolean     not null default true,
  taxable            boolean     not null default true,
  deleted_at         timestamptz,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint product_variant_pkey primary key (id),
  constraint product_variant_product_id_foreign foreign key (product_id) references product (id),
  constraint product_variant_sku_check check (sku <> ''),
  constraint product_variant_option_values_check check (jsonb_typeof(option_values) = 'object'),
  constraint product_variant_weight_grams_check check (weight_grams >= 0)
)`,
    `comment on column product_variant.option_values is
  '{"Color": "Red", "Size": "M"}: names of product.option_names; {} for the only variant of a product without options'`,
    `create index product_variant_product_id_index on product_variant (product_id)`,
    `create unique index product_variant_sku_unique on product_variant (sku) where deleted_at is null`,
    `create unique index product_variant_options_unique on product_variant (product_id, option_values)
  where deleted_at is null`,
    `create index product_variant_option_values_index on product_variant using gin (option_values)`,
    `create trigger product_variant_updated_at before update on product_variant
  for each row execute function set_updated_at()`,

    `create table product_media (
  id          uuid        not null default uuidv7(),
  product_id  uuid        not null,
  variant_id  uuid,
  url         text        not null,
  alt         text        not null default '',
  position    integer     not null default 0,
  created_at  timestamptz not null default now(),
  constraint product_media_pkey primary key (id),
  constraint product_media_product_id_foreign foreign key (product_id) references product (id) on delete cascade,
  constraint product_media_variant_id_foreign foreign key (variant_id) references product_variant (id)
    on delete set null,
  constraint product_media_product_id_url_unique unique (product_id, url),
  constraint product_media_url_check check (url ~ '^https?://' and length(url) <= 2048)
)`,
    `create index product_media_variant_id_index on product_media (variant_id)`,

    `create table price_list (
  code        text        not null,
  name        text        not null,
  created_at  timestamptz not null default now(),
  constraint price_list_pkey primary key (code),
  constraint price_list_code_check check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
)`,
    `insert into price_list (code, name) values ('base', 'Base prices')`,

    `create table price (
  id                uuid        not null default uuidv7(),
  variant_id        uuid        not null,
  price_list_code   text        not null default 'base',
  currency_code     text        not null,
  amount_minor      bigint      not null,
  compare_at_minor  bigint,
  valid             tstzrange   not null default tstzrange(now(), null),
  created_at        timestamptz not null default now(),
  constraint price_pkey primary key (id),
  constraint price_variant_id_foreign foreign key (variant_id) references product_variant (id),
  constraint price_price_list_code_foreign foreign key (price_list_code) references price_list (code),
  constraint price_currency_code_foreign foreign key (currency_code) references currency (code),
  constraint price_amount_minor_check check (amount_minor >= 0),
  constraint price_compare_at_minor_check check (compare_at_minor >= amount_minor),
  constraint price_valid_check check (not isempty(valid) and not lower_inf(valid)),
  -- One price a variant, list and currency at any instant.
  constraint price_no_overlap
    exclude using gist (variant_id with =, price_list_code with =, currency_code with =, valid with &&)
)`,
    `create index price_variant_id_index on price (variant_id)`,
    `create index price_price_list_code_index on price (price_list_code)`,
    `create index price_currency_code_index on price (currency_code)`,
  ];

  protected override readonly downStatements = [
    `drop table price, price_list, product_media, product_variant, product_category, product, category`,
    `drop function move_category_children(), set_category_path()`,
  ];
}
