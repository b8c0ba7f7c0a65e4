import { SqlMigration } from './sql-migration.ts';

/** Stock: levels a location, holds, shipments and the ledger of movements. */
export class Inventory extends SqlMigration {
  protected override readonly upStatements = [
    `create table stock_location (
  id          uuid        not null default uuidv7(),
  code        text        not null,
  name        text        not null,
  active      boolean     not null default true,
  created_at  timestamptz not null default now(),
  constraint stock_location_pkey primary key (id),
  constraint stock_location_code_unique unique (code),
  constraint stock_location_code_check check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
)`,

    // Updated most often: no index on a counter, and free space on the page, so that updates are HOT.
    `create table stock_level (
  variant_id       uuid    not null,
  location_id      uuid    not null,
  on_hand          integer not null default 0,
  reserved         integer not null default 0,
  backorder_limit  integer not null default 0,
  constraint stock_level_pkey primary key (variant_id, location_id),
  constraint stock_level_variant_id_foreign foreign key (variant_id) references product_variant (id),
  constraint stock_level_location_id_foreign foreign key (location_id) references stock_location (id),
  constraint stock_level_on_hand_check check (on_hand >= 0),
  constraint stock_level_backorder_limit_check check (backorder_limit >= 0),
  -- No oversell, whatever a program computes.
  constraint stock_level_reserved_check check (reserved >= 0 and reserved <= on_hand + backorder_limit)
) with (fillfactor = 70)`,
    `create index stock_level_location_id_index on stock_level (location_id)`,

    `create table shipment (
  id               uuid        not null default uuidv7(),
  order_id         uuid        not null,
  location_id      uuid        not null,
  status           text        not null default 'pending',
  carrier          text,
  tracking_number  text,
  shipped_at       timestamptz,
  delivered_at     timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint shipment_pkey primary key (id),
  constraint shipment_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint shipment_location_id_foreign foreign key (location_id) references stock_location (id),
  constraint shipment_status_check check (status in ('pending', 'shipped', 'delivered', 'returned', 'cancelled')),
  constraint shipment_dates_check check (
    (shipped_at is not null) = (status in ('shipped', 'delivered', 'returned')) and delivered_at >= shipped_at
    and (status <> 'delivered' or delivered_at is not null))
)`,
    `create index shipment_order_id_index on shipment (order_id)`,
    `create index shipment_location_id_index on shipment (location_id)`,
    `create trigger shipment_status_transition before insert or update of status on shipment
  for each row execute function check_status_transition()`,
    `create trigger shipment_updated_at before update on shipment for each row execute function set_updated_at()`,

    `create table stock_reservation (
  id             uuid        not null default uuidv7(),
  variant_id     uuid        not null,
  location_id    uuid        not null,
  order_line_id  uuid        not null,
  shipment_id    uuid,
  quantity       integer     not null,
  status         text        not null default 'held',
  expires_at     timestamptz,
  created_at     timestamptz not null default now(),
  constraint stock_reservation_pkey primary key (id),
  constraint stock_reservation_variant_id_location_id_foreign foreign key (variant_id, location_id)
    references stock_level (variant_id, location_id),
  constraint stock_reservation_order_line_id_foreign foreign key (order_line_id) references order_line (id),
  constraint stock_reservation_shipment_id_foreign foreign key (shipment_id) references shipment (id),
  constraint stock_reservation_quantity_check check (quantity > 0),
  constraint stock_reservation_status_check check (status in ('held', 'consumed', 'released', 'expired')),
  constraint stock_reservation_shipment_check check ((status = 'consumed') = (shipment_id is not null))
) with (fillfactor = 70)`,
    `comment on column stock_reservation.expires_at is
  'A hold of an unpaid order ends here. Null: kept until it is shipped or released.'`,
    `create index stock_reservation_variant_id_location_id_index on stock_reservation (variant_id, location_id)`,
    `create index stock_reservation_order_line_id_index on stock_reservation (order_line_id)`,
    `create index stock_reservation_shipment_id_index on stock_reservation (shipment_id)`,
    `create index stock_reservation_held_expires_at_index on stock_reservation (expires_at) where status = 'held'`,
    `create trigger stock_reservation_status_transition before insert or update of status on stock_reservation
  for each row execute function check_status_transition()`,

    `create table stock_movement (
  id              bigint      not null generated by default as identity,
  variant_id      uuid        not null,
  location_id     uuid        not null,
  kind            text        not null,
  quantity        integer     not null,
  reservation_id  uuid,
  note            text,
  created_at      timestamptz not null default now(),
  constraint stock_movement_pkey primary key (id),
  constraint stock_movement_variant_id_location_id_foreign foreign key (variant_id, location_id)
    references stock_level (variant_id, location_id),
  constraint stock_movement_reservation_id_foreign foreign key (reservation_id) references stock_reservation (id),
  constraint stock_movement_kind_check check (kind in ('receipt', 'adjustment', 'shipment', 'return')),
  -- Signed: what comes is positive, what goes is negative. on_hand is the sum.
  constraint stock_movement_quantity_check check (
    case kind when 'adjustment' then quantity <> 0 when 'shipment' then quantity < 0 else quantity > 0 end),
  constraint stock_movement_reservation_check check (kind not in ('shipment', 'return') or reservation_id is not null)
)`,
    `create index stock_movement_variant_id_location_id_index on stock_movement (variant_id, location_id, id)`,
    `create index stock_movement_reservation_id_index on stock_movement (reservation_id)`,
    `create unique index stock_movement_shipment_unique on stock_movement (reservation_id) where kind = 'shipment'`,
    `create trigger stock_movement_append_only before update or delete or truncate on stock_movement
  execute function refuse_change()`,
  ];

  protected override readonly downStatements = [
    `drop table stock_movement, stock_reservation, shipment, stock_level, stock_location`,
  ];
}
