import { SqlMigration } from './sql-migration.ts';

/** More that the application's own SQL cannot do, since no operation does it. */
export class ApplicationGuards extends SqlMigration {
  protected override readonly upStatements = [
    // What a credit note credits is locked by its order's row of order_credit.
    `create function check_credited_amounts() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from (
      select distinct n.order_id, a.order_line_id
      from added a join credit_note n on n.id = a.credit_note_id) part
      join sales_order o on o.id = part.order_id
      cross join lateral (
        select sum(l.net_minor + case when o.tax_included then l.tax_minor else 0 end) as minor
        from credit_note n join credit_note_line l on l.credit_note_id = n.id
        where n.order_id = part.order_id and l.order_line_id is not distinct from part.order_line_id) credited
    where credited.minor > case when part.order_line_id is null then o.shipping_minor
      else (select line.total_minor - coalesce((
          select sum(amount_minor) from order_adjustment
          where order_id = o.id and order_line_id = line.id and kind = 'discount'), 0)
        from order_line line where line.id = part.order_line_id) end) then
    raise exception 'More is credited of a line, or of the shipping, than it cost'
      using errcode = 'check_violation', table = 'credit_note_line', constraint = 'credit_note_line_charged',
            hint = 'Credit of each at most what was charged for it, less what was credited.';
  end if;
  return null;
end $$`,
    `create trigger credit_note_line_charged after insert on credit_note_line
  referencing new table as added for each statement execute function check_credited_amounts()`,

    `create function check_redeeming_order() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from sales_order where id = new.order_id and placed_xid = pg_current_xact_id()) then
    raise exception 'The coupon % is used by an order that another transaction has placed', new.coupon_id
      using errcode = 'check_violation', table = 'coupon_redemption', constraint = 'coupon_redemption_placed',
            hint = 'A coupon is used by the transaction that places the order.';
  end if;
  return null;
end $$`,
    `create trigger coupon_redemption_placed after insert on coupon_redemption
  for each row execute function check_redeeming_order()`,

    // Runs with the rights of the owner. Two captures of an order both change it: one waits, and then sees the other or,
    // at repeatable read, fails with 40001. What a provider captures by itself it has captured.
    `create function check_requested_captures() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  charged record;
begin
  update sales_order set updated_at = now() where id = (select order_id from payment where id = new.payment_id)
    returning id, total_minor - coalesce((select credited_minor from order_credit where order_id = id), 0) as minor
    into charged;
  if charged.minor < (
    select sum(greatest(asked - returned, 0)) from (
      select coalesce(sum(coalesce(t.settled_minor, t.amount_minor)) filter (
          where t.kind = 'capture' and not t.is_external and t.idempotency_key <> 'immediate:' || p.id), 0) as asked,
        coalesce(sum(coalesce(t.settled_minor, t.amount_minor)) filter (
          where t.kind in ('refund', 'dispute') and t.status = 'succeeded'), 0) as returned
      from payment p join payment_transaction t on t.payment_id = p.id and t.status <> 'failed'
      where p.order_id = charged.id group by p.id) each) then
    raise exception 'More is captured of order % than it costs', charged.id
      using errcode = 'check_violation', table = 'payment_transaction', constraint = 'payment_transaction_due',
            hint = 'Capture at most the total of the order, less what was captured and credited.';
  end if;
  return null;
end $$`,
    `create trigger payment_transaction_due after insert on payment_transaction
  for each row when (new.kind = 'capture' and not new.is_external
    and new.idempotency_key <> 'immediate:' || new.payment_id::text) execute function check_requested_captures()`,

    `create function keep_answer() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'The request % has its answer', old.key
    using errcode = 'check_violation', table = 'idempotency_key', constraint = 'idempotency_key_answered',
          hint = 'A repetition gets the answer of the first request.';
end $$`,
    `create trigger idempotency_key_answered after update of response on idempotency_key
  for each row when (old.response is not null) execute function keep_answer()`,

    `create function keep_email() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'The e-mail address of order % is only erased', old.id
    using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_email_kept',
          hint = 'Whoever has the address of an order has bought it.';
end $$`,
    `create trigger sales_order_email_kept after update of email on sales_order
  for each row when (new.email is not null and new.email is distinct from old.email) execute function keep_email()`,

    // Attempts, times and the rest are the database's to begin with.
    `revoke insert on outbox_event from shop_app`,
    `grant insert (topic, aggregate_id, payload) on outbox_event to shop_app`,
  ];

  protected override readonly downStatements = [
    `revoke insert on outbox_event from shop_app`,
    `grant insert on outbox_event to shop_app`,
    `drop trigger sales_order_email_kept on sales_order`,
    `drop trigger idempotency_key_answered on idempotency_key`,
    `drop trigger payment_transaction_due on payment_transaction`,
    `drop trigger coupon_redemption_placed on coupon_redemption`,
    `drop trigger credit_note_line_charged on credit_note_line`,
    `drop function keep_email(), keep_answer(), check_requested_captures(), check_redeeming_order(),
  check_credited_amounts()`,
  ];
}
