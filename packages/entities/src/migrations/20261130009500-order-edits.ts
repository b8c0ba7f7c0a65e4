import {
  checkAddedAdjustments,
  checkAddedLines,
  isOfOtherTransaction,
  requireConfirmedOrders,
} from './order-functions.ts';
import { requireCoveredEdits } from './payment-functions.ts';
import { SqlMigration } from './sql-migration.ts';

const lineSnapshot = `id, order_id, position, variant_id, sku, title, variant_title, quantity, unit_price_minor,
  price_list_code, total_minor`;

const appendOnlyLines = (
  columns: string,
) => `create or replace trigger order_line_append_only before update of ${columns} or delete or truncate on order_line
  for each statement execute function refuse_change()`;

const confirmedOrder = (
  andCovered: string,
) => `create or replace function require_confirmed_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update sales_order set updated_at = now()
    where id = new.order_id and status in ('confirmed', 'partially_shipped');
  if not found and exists (select from sales_order where id = new.order_id) then
    raise exception 'Order % is not confirmed, or has nothing left to ship', new.order_id
      using errcode = 'check_violation', table = 'shipment', constraint = 'shipment_order_confirmed',
            hint = 'Confirm the order first.';
  end if;${andCovered}
  return null;
end $$`;

/** An edit of a confirmed order adds lines of its own; each changes the amounts of its order, so that two wait. */
export class OrderEdits extends SqlMigration {
  protected override readonly upStatements = [
    `create table order_edit (
  order_id         uuid        not null,
  number           integer     not null,
  subtotal_minor   bigint      not null,
  tax_minor        bigint      not null,
  credit_note_id   uuid,
  address_changed  boolean     not null,
  reason           text,
  actor            text        default coalesce(nullif(current_setting('shop.actor', true), ''), session_user),
  edited_at        timestamptz not null default now(),
  edited_xid       xid8        not null default pg_current_xact_id(),
  constraint order_edit_pkey primary key (order_id, number),
  constraint order_edit_credit_note_id_unique unique (credit_note_id),
  constraint order_edit_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint order_edit_credit_note_id_foreign foreign key (credit_note_id) references credit_note (id),
  constraint order_edit_length_check check (length(reason) <= 1000 and length(actor) <= 200),
  constraint order_edit_number_check check (number > 0),
  constraint order_edit_amounts_check check (subtotal_minor >= 0 and tax_minor >= 0)
)`,
    `comment on table order_edit is
  'A change of a confirmed order before anything was shipped. Made once, never changed.'`,
    `comment on column order_edit.number is 'Of the edits of its order: the first one is 1.'`,
    `comment on column order_edit.subtotal_minor is 'The sum of the lines that it has added.'`,
    `comment on column order_edit.tax_minor is 'The taxes of these lines.'`,
    `comment on column order_edit.credit_note_id is 'Of the units that it has taken off; null: none.'`,
    `comment on column order_edit.reason is 'No personal data.'`,
    `comment on column order_edit.actor is
  'Whom the application names (shop.actor), or else the database user; null: from before there was this column.'`,
    `comment on column order_edit.edited_xid is 'The transaction that made it: no other adds its lines or taxes.'`,

    `alter table order_line add column edit_number integer`,
    `comment on column order_line.edit_number is 'The edit that has added it; null: placed with the order.'`,
    `alter table order_adjustment add column edit_number integer`,
    `comment on column order_adjustment.edit_number is
  'The edit whose lines it is a tax of; null: placed with the order.'`,

    // Runs with the rights of the owner: the application changes no amount of an order but by an edit, which the checks
    // of sums hold against its lines at the commit.
    `create function count_order_edit() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update sales_order o
    set subtotal_minor = subtotal_minor + new.subtotal_minor, tax_minor = tax_minor + new.tax_minor,
      total_minor = total_minor + new.subtotal_minor + case when tax_included then 0 else new.tax_minor end
    where id = new.order_id and status = 'confirmed' and email is not null
      and not exists (select from order_line where order_id = o.id and shipped_quantity > 0);
  if not found or new.credit_note_id is not null and not exists (
      select from credit_note where id = new.credit_note_id and order_id = new.order_id
        and issued_xid = pg_current_xact_id()) then
    raise exception 'Order % cannot be edited so', new.order_id
      using errcode = 'check_violation', table = 'order_edit', constraint = 'order_edit_open',
            hint = 'Edit a confirmed order before anything of it is shipped, with a credit note of its own.';
  end if;
  return null;
end $$`,
    `create trigger order_edit_open after insert on order_edit for each row execute function count_order_edit()`,

    `create function check_order_edit_sums() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.subtotal_minor <> (select coalesce(sum(total_minor), 0) from order_line
       where order_id = new.order_id and edit_number = new.number)
     or new.tax_minor <> (select coalesce(sum(amount_minor), 0) from order_adjustment
       where order_id = new.order_id and edit_number = new.number and kind = 'tax') then
    raise exception 'The amounts of edit % of order % are not the sums of its lines and taxes', new.number, new.order_id
      using errcode = 'check_violation', table = 'order_edit', constraint = 'order_edit_sums',
            hint = 'Make an edit with all its lines and taxes in one transaction.';
  end if;
  return null;
end $$`,
    `create constraint trigger order_edit_sums after insert on order_edit
  deferrable initially deferred for each row execute function check_order_edit_sums()`,
    `create trigger order_edit_append_only before update or delete or truncate on order_edit
  execute function refuse_change()`,

    checkAddedLines(isOfOtherTransaction.edit),
    checkAddedAdjustments({ foreign: isOfOtherTransaction.edit }),
    appendOnlyLines(`${lineSnapshot}, edit_number`),

    confirmedOrder(requireCoveredEdits('array[new.order_id]')),
    requireConfirmedOrders({ countsStay: true, andCovered: requireCoveredEdits('shipped') }),

    // Default privileges grant more. Actor, time and transaction are the database's.
    `revoke all on order_edit from shop_app`,
    `grant select on order_edit to shop_app`,
    `grant insert (order_id, number, subtotal_minor, tax_minor, credit_note_id, address_changed, reason)
  on order_edit to shop_app`,
    `grant insert (edit_number) on order_line, order_adjustment to shop_app`,
  ];

  protected override readonly downStatements = [
    requireConfirmedOrders({ countsStay: true }),
    confirmedOrder(''),
    appendOnlyLines(lineSnapshot),
    checkAddedAdjustments(),
    checkAddedLines(isOfOtherTransaction.placement),
    `alter table order_adjustment drop column edit_number`,
    `alter table order_line drop column edit_number`,
    `drop table order_edit`,
    `drop function check_order_edit_sums(), count_order_edit()`,
  ];
}
