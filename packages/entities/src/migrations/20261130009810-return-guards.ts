import { SqlMigration } from './sql-migration.ts';

/** What was received and credited of a return is written once, as its operations do, and never changed. */
export class ReturnGuards extends SqlMigration {
  protected override readonly upStatements = [
    // What returns units changes the same order first: of two sessions one waits, and then sees the other's, or fails
    // with 40001.
    `create function check_received_units() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update sales_order set updated_at = now() where id in (
    select r.order_id from after join return_request r on r.id = after.return_request_id);
  if exists (
    select from after join before using (return_request_id, order_line_id)
      join return_request r on r.id = after.return_request_id
      join order_line line on line.id = after.order_line_id
    where before.received_quantity is not null or r.status <> 'received'
      or line.returned_quantity < (
        select sum(l.received_quantity) from return_request other
          join return_request_line l on l.return_request_id = other.id
        where other.order_id = r.order_id and l.order_line_id = line.id)) then
    raise exception 'What a return has received is written as it is received, and counts as returned'
      using errcode = 'check_violation', table = 'return_request_line', constraint = 'return_request_line_received',
            hint = 'Receive an approved return once, and count its units as returned first.';
  end if;
  return null;
end $$`,
    `create trigger return_request_line_received after update on return_request_line
  referencing old table as before new table as after for each statement execute function check_received_units()`,

    `create function check_return_credit() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.status <> 'received' or not exists (
    select from credit_note where id = new.credit_note_id and order_id = new.order_id
      and issued_xid = pg_current_xact_id()) then
    raise exception 'Return % cannot have that credit note', new.id
      using errcode = 'check_violation', table = 'return_request', constraint = 'return_request_credited',
            hint = 'Issue the credit note of a return as it is refunded.';
  end if;
  return null;
end $$`,
    `create trigger return_request_credited after update of credit_note_id on return_request
  for each row when (new.credit_note_id is distinct from old.credit_note_id) execute function check_return_credit()`,
  ];

  protected override readonly downStatements = [
    `drop trigger return_request_credited on return_request`,
    `drop trigger return_request_line_received on return_request_line`,
    `drop function check_return_credit(), check_received_units()`,
  ];
}
