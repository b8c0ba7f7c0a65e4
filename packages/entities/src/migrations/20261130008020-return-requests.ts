import { SqlMigration } from './sql-migration.ts';

const openReturns = (orderId: string, lineId: string) => `(
        select coalesce(sum(asked.quantity), 0) from return_request open
          join return_request_line asked on asked.return_request_id = open.id
        where open.order_id = ${orderId} and open.status in ('requested', 'approved') and asked.order_line_id = ${lineId})`;

/** Returns that are asked for, approved, received and refunded: never of more than was shipped. */
export class ReturnRequests extends SqlMigration {
  protected override readonly upStatements = [
    `create table return_request (
  id              uuid        not null default uuidv7(),
  order_id        uuid        not null,
  status          text        not null default 'requested',
  reason          text,
  credit_note_id  uuid,
  actor           text        default coalesce(nullif(current_setting('shop.actor', true), ''), session_user),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint return_request_pkey primary key (id),
  constraint return_request_credit_note_id_unique unique (credit_note_id),
  constraint return_request_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint return_request_credit_note_id_foreign foreign key (credit_note_id) references credit_note (id),
  constraint return_request_status_check check (status in
    ('requested', 'approved', 'declined', 'cancelled', 'received', 'refunded')),
  constraint return_request_length_check check (length(reason) <= 1000 and length(actor) <= 200),
  constraint return_request_credit_note_check check (credit_note_id is null or status = 'refunded')
) with (fillfactor = 70)`,
    `comment on column return_request.reason is 'Why the goods come back. No personal data.'`,
    `comment on column return_request.actor is
  'Whom the application names (shop.actor), or else the database user; null: from before there was this column.'`,
    `create index return_request_order_id_index on return_request (order_id)`,
    `create table return_request_line (
  return_request_id   uuid    not null,
  order_line_id       uuid    not null,
  quantity            integer not null,
  received_quantity   integer,
  restocked_quantity  integer not null default 0,
  constraint return_request_line_pkey primary key (return_request_id, order_line_id),
  constraint return_request_line_return_request_id_foreign foreign key (return_request_id)
    references return_request (id),
  constraint return_request_line_order_line_id_foreign foreign key (order_line_id) references order_line (id),
  constraint return_request_line_quantity_check check (quantity > 0),
  constraint return_request_line_received_check check
    (restocked_quantity >= 0 and restocked_quantity <= coalesce(received_quantity, 0))
)`,
    `comment on column return_request_line.received_quantity is 'Units that came back; null: not received yet.'`,
    `comment on column return_request_line.restocked_quantity is 'Of those, units that went into the stock.'`,
    `comment on constraint return_request_line_order_line_id_foreign on return_request_line is
  'No index: lines of orders are not deleted; returns are read by their order.'`,

    `insert into status_transition (machine, from_status, to_status) values
  ('return_request', 'new', 'requested'), ('return_request', 'requested', 'approved'),
  ('return_request', 'requested', 'declined'), ('return_request', 'requested', 'cancelled'),
  ('return_request', 'approved', 'cancelled'), ('return_request', 'approved', 'received'),
  ('return_request', 'received', 'refunded')`,
    `create trigger return_request_status_transition before insert or update of status on return_request
  for each row execute function check_status_transition()`,
    `create trigger return_request_updated_at before update on return_request
  for each row execute function set_updated_at()`,
    `create trigger return_request_line_append_only before update of return_request_id, order_line_id, quantity
  or delete or truncate on return_request_line execute function refuse_change()`,

    // What asks for units and what returns them update the same order first: of two sessions one waits, and then sees
    // the other's, or fails with 40001.
    `create function check_added_return_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update sales_order set updated_at = now() where id in (
    select r.order_id from added join return_request r on r.id = added.return_request_id);
  if exists (
    select from added join return_request r on r.id = added.return_request_id
      join order_line line on line.id = added.order_line_id
    where line.order_id <> r.order_id or r.status <> 'requested'
      or line.shipped_quantity < line.returned_quantity + ${openReturns('line.order_id', 'line.id')}) then
    raise exception 'More is to come back than was shipped'
      using errcode = 'check_violation', table = 'return_request_line', constraint = 'return_request_line_shipped',
            hint = 'Ask for units of the order that were shipped, and neither returned nor asked for.';
  end if;
  return null;
end $$`,
    `create trigger return_request_line_shipped after insert on return_request_line
  referencing new table as added for each statement execute function check_added_return_lines()`,
    `create function check_returned_units() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update sales_order set updated_at = now() where id = new.order_id;
  if new.shipped_quantity < new.returned_quantity + ${openReturns('new.order_id', 'new.id')} then
    raise exception 'Units of line % were asked for by a return that is open', new.id
      using errcode = 'check_violation', table = 'order_line', constraint = 'order_line_open_returns',
            hint = 'Receive the return that is open, or cancel it.';
  end if;
  return null;
end $$`,
    `create trigger order_line_open_returns after update of returned_quantity on order_line
  for each row when (new.returned_quantity > old.returned_quantity) execute function check_returned_units()`,

    `revoke all on return_request, return_request_line from shop_app`,
    `grant select on return_request, return_request_line to shop_app`,
    `grant insert (id, order_id, reason) on return_request to shop_app`,
    `grant update (status, credit_note_id) on return_request to shop_app`,
    `grant insert (return_request_id, order_line_id, quantity) on return_request_line to shop_app`,
    `grant update (received_quantity, restocked_quantity) on return_request_line to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop trigger order_line_open_returns on order_line`,
    `drop table return_request_line, return_request`,
    `drop function check_returned_units(), check_added_return_lines()`,
    `delete from status_transition where machine = 'return_request'`,
  ];
}
