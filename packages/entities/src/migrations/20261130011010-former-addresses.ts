import { SqlMigration } from './sql-migration.ts';

const personal = ['full_name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'phone'];
const of = (row: 'old' | 'new') => personal.map((column) => `${row}.${column}`).join(', ');

/** An address that an edit has replaced stays, so that it is known where an order was to go before. */
export class FormerAddresses extends SqlMigration {
  protected override readonly upStatements = [
    `alter table order_address add column replaced_by integer not null default 0`,
    `create unique index concurrently order_address_pkey_new on order_address (order_id, kind, replaced_by)`,
    `alter table order_address drop constraint order_address_pkey,
  add constraint order_address_pkey primary key using index order_address_pkey_new`,
    `alter table order_address add constraint order_address_replaced_by_check check (replaced_by >= 0) not valid`,
    `alter table order_address validate constraint order_address_replaced_by_check`,
    `comment on column order_address.replaced_by is
  'The number of the edit that has replaced it; 0: none, it is that of the order.'`,
    // Of edits of before nobody knows it any more.
    `insert into order_address (order_id, kind, country_code, replaced_by)
  select e.order_id, a.kind, a.country_code, e.number
  from order_edit e join order_address a on a.order_id = e.order_id and a.kind = 'shipping' and a.replaced_by = 0
  where e.address_changed`,

    `create function check_edited_address() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.replaced_by <> 0 or not exists (
    select from order_edit e join order_address former
      on former.order_id = e.order_id and former.kind = new.kind and former.replaced_by = e.number
    where e.order_id = new.order_id and e.address_changed and e.edited_xid = pg_current_xact_id()) then
    raise exception 'The address of order % is changed by no edit', new.order_id
      using errcode = 'check_violation', table = 'order_address', constraint = 'order_address_edited',
            hint = 'Edit the order, and keep the former address.';
  end if;
  return null;
end $$`,
    `create trigger order_address_edited after update of ${personal.join(', ')} on order_address
  for each row when (row(${of('new')}) is distinct from row(${of('old')}) and num_nonnulls(${of('new')}) > 0)
  execute function check_edited_address()`,
  ];

  protected override readonly downStatements = [
    `drop trigger order_address_edited on order_address`,
    `drop function check_edited_address()`,
    `delete from order_address where replaced_by <> 0`,
    `alter table order_address drop constraint order_address_replaced_by_check`,
    `alter table order_address drop constraint order_address_pkey,
  add constraint order_address_pkey primary key (order_id, kind)`,
    `alter table order_address drop column replaced_by`,
  ];
}
