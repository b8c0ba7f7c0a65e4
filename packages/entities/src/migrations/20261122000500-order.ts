import { SqlMigration } from './sql-migration.ts';

/** Orders: their lines, addresses and adjustments are snapshots; their history is written by a trigger. */
export class Order extends SqlMigration {
  protected override readonly upStatements = [
    // Gaps are allowed, so that no order waits for its number.
    `create sequence sales_order_number_seq as bigint start with 1001`,
    `create table sales_order (
  id              uuid        not null default uuidv7(),
  number          bigint      not null default nextval('sales_order_number_seq'),
  cart_id         uuid,
  customer_id     uuid,
  email           text,
  currency_code   text        not null,
  status          text        not null default 'pending',
  subtotal_minor  bigint      not null,
  discount_minor  bigint      not null default 0,
  shipping_minor  bigint      not null default 0,
  tax_minor       bigint      not null default 0,
  total_minor     bigint      not null,
  placed_at       timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint sales_order_pkey primary key (id),
  constraint sales_order_number_unique unique (number),
  constraint sales_order_cart_id_unique unique (cart_id),
  constraint sales_order_id_currency_code_unique unique (id, currency_code),
  constraint sales_order_cart_id_foreign foreign key (cart_id) references cart (id),
  constraint sales_order_customer_id_foreign foreign key (customer_id) references customer (id),
  constraint sales_order_currency_code_foreign foreign key (currency_code) references currency (code),
  constraint sales_order_status_check check (status in
    ('pending', 'confirmed', 'partially_shipped', 'shipped', 'completed', 'cancelled', 'returned')),
  constraint sales_order_amounts_check check (
    subtotal_minor >= 0 and discount_minor >= 0 and shipping_minor >= 0 and tax_minor >= 0 and total_minor >= 0),
  constraint sales_order_total_check check (
    total_minor = subtotal_minor - discount_minor + shipping_minor + tax_minor)
) with (fillfactor = 70)`,
    `alter sequence sales_order_number_seq owned by sales_order.number`,
    // Only columns that never change are included, so that a change of status stays a HOT update.
    `create index sales_order_listing_index on sales_order (placed_at, id)
  include (number, currency_code, total_minor)`,
    `create index sales_order_customer_id_index on sales_order (customer_id, placed_at, id)`,
    `create index sales_order_currency_code_index on sales_order (currency_code)`,
    `create index sales_order_guest_email_index on sales_order (lower(email)) where customer_id is null`,
    `create trigger sales_order_status_transition before insert or update of status on sales_order
  for each row execute function check_status_transition()`,
    `create trigger sales_order_updated_at before update on sales_order
  for each row execute function set_updated_at()`,

    `create table order_line (
  id                  uuid    not null default uuidv7(),
  order_id            uuid    not null,
  position            integer not null,
  variant_id          uuid    not null,
  sku                 text,
  title               text    not null,
  variant_title       text    not null default '',
  quantity            integer not null,
  unit_price_minor    bigint  not null,
  total_minor         bigint  not null,
  shipped_quantity    integer not null default 0,
  cancelled_quantity  integer not null default 0,
  returned_quantity   integer not null default 0,
  constraint order_line_pkey primary key (id),
  constraint order_line_order_id_position_unique unique (order_id, position),
  constraint order_line_order_id_variant_id_unique unique (order_id, variant_id),
  constraint order_line_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint order_line_variant_id_foreign foreign key (variant_id) references product_variant (id),
  constraint order_line_quantity_check check (quantity > 0),
  constraint order_line_total_check check (unit_price_minor >= 0 and total_minor = quantity * unit_price_minor),
  constraint order_line_fulfilment_check check (
    shipped_quantity >= 0 and cancelled_quantity >= 0 and shipped_quantity + cancelled_quantity <= quantity
    and returned_quantity between 0 and shipped_quantity)
) with (fillfactor = 70)`,
    `create index order_line_variant_id_index on order_line (variant_id)`,

    // Nullable for erasure, which keeps only the country for the books.
    `create table order_address (
  order_id      uuid not null,
  kind          text not null,
  full_name     text,
  company       text,
  line1         text,
  line2         text,
  city          text,
  region        text,
  postal_code   text,
  country_code  text not null,
  phone         text,
  constraint order_address_pkey primary key (order_id, kind),
  constraint order_address_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint order_address_kind_check check (kind in ('shipping', 'billing')),
  constraint order_address_country_code_check check (country_code ~ '^[A-Z]{2}$')
)`,

    `create table order_adjustment (
  id             uuid        not null default uuidv7(),
  order_id       uuid        not null,
  order_line_id  uuid,
  kind           text        not null,
  code           text        not null,
  amount_minor   bigint      not null,
  created_at     timestamptz not null default now(),
  constraint order_adjustment_pkey primary key (id),
  constraint order_adjustment_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint order_adjustment_order_line_id_foreign foreign key (order_line_id) references order_line (id),
  constraint order_adjustment_kind_check check (kind in ('discount', 'shipping', 'tax')),
  constraint order_adjustment_amount_minor_check check (amount_minor >= 0)
)`,
    `comment on table order_adjustment is
  'What makes the total of the subtotal: amounts are positive, a discount is subtracted. code: coupon, rate, method'`,
    `create index order_adjustment_order_id_index on order_adjustment (order_id)`,
    `create index order_adjustment_order_line_id_index on order_adjustment (order_line_id)`,

    `create table order_status_history (
  id           bigint      not null generated by default as identity,
  order_id     uuid        not null,
  from_status  text        not null,
  to_status    text        not null,
  changed_by   text        not null default session_user,
  changed_at   timestamptz not null default now(),
  constraint order_status_history_pkey primary key (id),
  constraint order_status_history_order_id_foreign foreign key (order_id) references sales_order (id)
)`,
    `create index order_status_history_order_id_index on order_status_history (order_id, id)`,
    `create trigger order_status_history_append_only before update or delete or truncate on order_status_history
  execute function refuse_change()`,

    // Runs with the rights of the owner: the application may read the history, but not write it.
    `create function write_order_status_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  old_status text := case tg_op when 'INSERT' then 'new' else old.status end;
begin
  if old_status <> new.status then
    insert into order_status_history (order_id, from_status, to_status, changed_by)
    values (new.id, old_status, new.status,
            coalesce(nullif(current_setting('shop.actor', true), ''), session_user));
  end if;
  return null;
end $$`,
    `create trigger sales_order_status_history after insert or update of status on sales_order
  for each row execute function write_order_status_history()`,
  ];

  protected override readonly downStatements = [
    `drop table order_status_history, order_adjustment, order_address, order_line, sales_order`,
    `drop function write_order_status_history()`,
  ];
}
