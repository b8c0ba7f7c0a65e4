import { checkOrderCover, checkPaymentSums, touchHiddenAuthorization } from './payment-functions.ts';
import { SqlMigration } from './sql-migration.ts';

/**
 * An order is confirmed only when it is covered, shipped only when it is confirmed, and cancelled only when nothing of
 * it was shipped. Whatever could make that untrue at the same time updates a row that the other one updates or locks:
 * so one of them waits, and sees the other or, at repeatable read, fails with 40001.
 */
export class OrderStates extends SqlMigration {
  protected override readonly upStatements = [
    checkOrderCover('requests'),
    `create trigger sales_order_covered after update of status on sales_order
  for each row when (new.status = 'confirmed' and old.status <> 'confirmed') execute function check_order_cover()`,

    checkPaymentSums('requests', { rights: 'definer', andThen: touchHiddenAuthorization }),

    // Runs with the rights of the owner: the application sets no such time.
    `create function update_payment_of_transaction() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update payment set updated_at = now() where id = new.payment_id;
  return null;
end $$`,
    `create trigger payment_transaction_lowers_cover after insert or update of status on payment_transaction
  for each row when (new.kind in ('refund', 'void')) execute function update_payment_of_transaction()`,

    `create function require_confirmed_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update sales_order set updated_at = now()
    where id = new.order_id and status in ('confirmed', 'partially_shipped');
  if not found and exists (select from sales_order where id = new.order_id) then
    raise exception 'Order % is not confirmed, or has nothing left to ship', new.order_id
      using errcode = 'check_violation', table = 'shipment', constraint = 'shipment_order_confirmed',
            hint = 'Confirm the order first.';
  end if;
  return null;
end $$`,
    `create trigger shipment_order_confirmed after insert on shipment
  for each row execute function require_confirmed_order()`,
    `create function require_confirmed_orders() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  shipped uuid[] := array(
    select distinct after.order_id from after join before using (id)
    where after.shipped_quantity > before.shipped_quantity);
  confirmed bigint;
begin
  if cardinality(shipped) = 0 then
    return null;
  end if;
  update sales_order set updated_at = now()
    where id = any (shipped) and status in ('confirmed', 'partially_shipped');
  get diagnostics confirmed = row_count;
  if confirmed < cardinality(shipped) then
    raise exception 'Of an order that is not confirmed nothing is shipped'
      using errcode = 'check_violation', table = 'order_line', constraint = 'order_line_order_confirmed',
            hint = 'Confirm the order first.';
  end if;
  return null;
end $$`,
    `create trigger order_line_order_confirmed after update on order_line
  referencing old table as before new table as after for each statement execute function require_confirmed_orders()`,

    `create function refuse_shipped_order() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from shipment where order_id = new.id and status <> 'cancelled')
     or exists (select from order_line where order_id = new.id and shipped_quantity > 0) then
    raise exception 'Order % is shipped, or being shipped', new.id
      using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_not_shipped',
            hint = 'What was shipped is returned, not cancelled.';
  end if;
  return null;
end $$`,
    `create trigger sales_order_not_shipped after update of status on sales_order
  for each row when (new.status = 'cancelled' and old.status <> 'cancelled') execute function refuse_shipped_order()`,
  ];

  protected override readonly downStatements = [
    `drop trigger sales_order_not_shipped on sales_order`,
    `drop trigger order_line_order_confirmed on order_line`,
    `drop trigger shipment_order_confirmed on shipment`,
    `drop trigger payment_transaction_lowers_cover on payment_transaction`,
    checkPaymentSums('requests', { rights: 'invoker' }),
    `drop trigger sales_order_covered on sales_order`,
    `drop function refuse_shipped_order(), require_confirmed_orders(), require_confirmed_order(),
  update_payment_of_transaction(), check_order_cover()`,
  ];
}
