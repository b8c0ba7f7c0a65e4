import { checkAddedCreditNoteTaxes } from './credit-functions.ts';
import { SqlMigration } from './sql-migration.ts';

const ledgers = ['credit_note', 'credit_note_line', 'credit_note_tax'];

/** Credit notes: never more than was charged, at every isolation level, since each changes the sum of its order. */
export class CreditNotes extends SqlMigration {
  protected override readonly upStatements = [
    `create sequence credit_note_number_seq as bigint start with 1001`,
    `create table credit_note (
  id          uuid        not null default uuidv7(),
  number      bigint      not null default nextval('credit_note_number_seq'),
  order_id    uuid        not null,
  net_minor   bigint      not null,
  tax_minor   bigint      not null,
  reason      text,
  actor       text        default coalesce(nullif(current_setting('shop.actor', true), ''), session_user),
  issued_at   timestamptz not null default now(),
  issued_xid  xid8        not null default pg_current_xact_id(),
  constraint credit_note_pkey primary key (id),
  constraint credit_note_number_unique unique (number),
  constraint credit_note_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint credit_note_length_check check (length(reason) <= 1000 and length(actor) <= 200),
  constraint credit_note_amounts_check check (net_minor >= 0 and tax_minor >= 0)
)`,
    `alter sequence credit_note_number_seq owned by credit_note.number`,
    `comment on table credit_note is
  'What the buyer no longer owes of an order, or gets back. Issued once, never changed.'`,
    `comment on column credit_note.reason is 'No personal data.'`,
    `comment on column credit_note.actor is
  'Whom the application names (shop.actor), or else the database user; null: from before there was this column.'`,
    `comment on column credit_note.issued_xid is 'The transaction that issued it: no other adds lines or taxes.'`,
    `create index credit_note_order_id_index on credit_note (order_id)`,

    `create table credit_note_line (
  id              uuid    not null default uuidv7(),
  credit_note_id  uuid    not null,
  order_line_id   uuid,
  quantity        integer,
  net_minor       bigint  not null,
  tax_minor       bigint  not null,
  constraint credit_note_line_pkey primary key (id),
  constraint credit_note_line_credit_note_id_foreign foreign key (credit_note_id) references credit_note (id),
  constraint credit_note_line_order_line_id_foreign foreign key (order_line_id) references order_line (id),
  constraint credit_note_line_amounts_check check (net_minor >= 0 and tax_minor >= 0),
  constraint credit_note_line_quantity_check check
    (quantity > 0 and num_nonnulls(quantity, order_line_id) in (0, 2))
)`,
    `comment on column credit_note_line.order_line_id is 'Null: the shipping.'`,
    `comment on column credit_note_line.quantity is 'Units of the line; null: the shipping.'`,
    `comment on constraint credit_note_line_order_line_id_foreign on credit_note_line is
  'No index: lines of orders are not deleted; credit notes are read by their order.'`,
    `create index credit_note_line_credit_note_id_index on credit_note_line (credit_note_id)`,

    `create table credit_note_tax (
  credit_note_line_id  uuid    not null,
  code                 text    not null,
  amount_minor         bigint  not null,
  constraint credit_note_tax_pkey primary key (credit_note_line_id, code),
  constraint credit_note_tax_credit_note_line_id_foreign foreign key (credit_note_line_id)
    references credit_note_line (id),
  constraint credit_note_tax_length_check check (length(code) <= 200),
  constraint credit_note_tax_amount_minor_check check (amount_minor > 0)
)`,

    `create table order_credit (
  order_id        uuid    not null,
  credited_minor  bigint  not null,
  constraint order_credit_pkey primary key (order_id),
  constraint order_credit_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint order_credit_credited_minor_check check (credited_minor >= 0)
) with (fillfactor = 70)`,
    `comment on table order_credit is
  'What was credited of an order. A trigger keeps it: notes of one order wait for each other here.'`,

    // Each note of an order updates the same row first: of two sessions one waits, and then sees the other's, or fails
    // with 40001. The rules on lines and taxes below read other rows, and hold for that reason.
    `create function count_credit_note() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  credited bigint;
begin
  insert into order_credit as c (order_id, credited_minor) values (new.order_id, new.net_minor + new.tax_minor)
    on conflict (order_id) do update set credited_minor = c.credited_minor + excluded.credited_minor
    returning credited_minor into credited;
  if credited > (select total_minor from sales_order where id = new.order_id)
     or not exists (select from order_status_history where order_id = new.order_id and to_status = 'confirmed') then
    raise exception 'More is credited of order % than was charged', new.order_id
      using errcode = 'check_violation', table = 'credit_note', constraint = 'credit_note_charged',
            hint = 'Credit at most the total of an order that was confirmed, less what was credited.';
  end if;
  return null;
end $$`,
    `create trigger credit_note_charged after insert on credit_note
  for each row execute function count_credit_note()`,

    `create function check_credit_note_sums() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (
    select from credit_note_line l left join (
      select credit_note_line_id, sum(amount_minor) as tax from credit_note_tax group by 1) t
      on t.credit_note_line_id = l.id
    where l.credit_note_id = new.id
    having sum(l.net_minor) = new.net_minor and sum(l.tax_minor) = new.tax_minor
      and bool_and(l.tax_minor = coalesce(t.tax, 0))) then
    raise exception 'The amounts of credit note % are not the sums of its lines and taxes', new.id
      using errcode = 'check_violation', table = 'credit_note', constraint = 'credit_note_sums',
            hint = 'Issue a credit note with all its lines and taxes in one transaction.';
  end if;
  return null;
end $$`,
    `create constraint trigger credit_note_sums after insert on credit_note
  deferrable initially deferred for each row execute function check_credit_note_sums()`,

    `create function check_added_credit_note_lines() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from credit_note n
    where n.id in (select credit_note_id from added) and (n.issued_xid <> pg_current_xact_id()
      or exists (
        select from credit_note_line l left join order_line o on o.id = l.order_line_id and o.order_id = n.order_id
        where l.credit_note_id = n.id and l.order_line_id is not null and o.id is null)
      or exists (
        select from credit_note_line where credit_note_id = n.id
        having sum(net_minor) > n.net_minor or sum(tax_minor) > n.tax_minor)
      or exists (
        select from credit_note other join credit_note_line l on l.credit_note_id = other.id
          join order_line o on o.id = l.order_line_id
        where other.order_id = n.order_id group by o.id having sum(l.quantity) > o.quantity))) then
    raise exception 'The lines are not of their credit note, or credit more units than were ordered'
      using errcode = 'check_violation', table = 'credit_note_line', constraint = 'credit_note_line_issued',
            hint = 'Lines are written by the transaction that issues the note, and are its amounts.';
  end if;
  return null;
end $$`,
    `create trigger credit_note_line_issued after insert on credit_note_line
  referencing new table as added for each statement execute function check_added_credit_note_lines()`,

    `create ${checkAddedCreditNoteTaxes({ byRate: false })}`,
    `create trigger credit_note_tax_issued after insert on credit_note_tax
  referencing new table as added for each statement execute function check_added_credit_note_taxes()`,

    ...ledgers.map(
      (table) => `create trigger ${table}_append_only before update or delete or truncate on ${table}
  execute function refuse_change()`,
    ),

    // Default privileges grant more. Number, time and transaction are the database's.
    `revoke all on credit_note, credit_note_line, credit_note_tax, order_credit from shop_app`,
    `grant select on credit_note, credit_note_line, credit_note_tax, order_credit to shop_app`,
    `grant insert (id, order_id, net_minor, tax_minor, reason) on credit_note to shop_app`,
    `grant insert (id, credit_note_id, order_line_id, quantity, net_minor, tax_minor) on credit_note_line to shop_app`,
    `grant insert (credit_note_line_id, code, amount_minor) on credit_note_tax to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop table order_credit, credit_note_tax, credit_note_line, credit_note`,
    `drop function check_added_credit_note_taxes(), check_added_credit_note_lines(), check_credit_note_sums(),
  count_credit_note()`,
  ];
}
