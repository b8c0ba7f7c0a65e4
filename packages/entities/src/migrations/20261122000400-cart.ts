import { SqlMigration } from './sql-migration.ts';

/** Carts and their lines. */
export class Cart extends SqlMigration {
  protected override readonly upStatements = [
    `create table cart (
  id              uuid        not null default uuidv7(),
  customer_id     uuid,
  currency_code   text        not null,
  status          text        not null default 'open',
  merged_into_id  uuid,
  expires_at      timestamptz not null default now() + interval '30 days',
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint cart_pkey primary key (id),
  constraint cart_customer_id_foreign foreign key (customer_id) references customer (id),
  constraint cart_currency_code_foreign foreign key (currency_code) references currency (code),
  constraint cart_merged_into_id_foreign foreign key (merged_into_id) references cart (id),
  constraint cart_status_check check (status in ('open', 'completed', 'merged', 'expired')),
  constraint cart_merged_check check ((status = 'merged') = (merged_into_id is not null) and merged_into_id <> id)
) with (fillfactor = 70)`,
    `create index cart_customer_id_index on cart (customer_id)`,
    `create unique index cart_open_customer_unique on cart (customer_id) where status = 'open'`,
    `create index cart_currency_code_index on cart (currency_code)`,
    `create index cart_merged_into_id_index on cart (merged_into_id)`,
    `create index cart_open_expires_at_index on cart (expires_at) where status = 'open'`,
    `create trigger cart_status_transition before insert or update of status on cart
  for each row execute function check_status_transition()`,
    `create trigger cart_updated_at before update on cart for each row execute function set_updated_at()`,

    `create table cart_line (
  cart_id           uuid        not null,
  variant_id        uuid        not null,
  quantity          integer     not null,
  unit_price_minor  bigint      not null,
  created_at        timestamptz not null default now(),
  constraint cart_line_pkey primary key (cart_id, variant_id),
  constraint cart_line_cart_id_foreign foreign key (cart_id) references cart (id) on delete cascade,
  constraint cart_line_variant_id_foreign foreign key (variant_id) references product_variant (id),
  constraint cart_line_quantity_check check (quantity between 1 and 9999),
  constraint cart_line_unit_price_minor_check check (unit_price_minor >= 0)
) with (fillfactor = 70)`,
    `comment on column cart_line.unit_price_minor is
  'The price that the customer saw, in the currency of the cart. Checkout compares it with the current one.'`,
    `create index cart_line_variant_id_index on cart_line (variant_id)`,
  ];

  protected override readonly downStatements = [`drop table cart_line, cart`];
}
