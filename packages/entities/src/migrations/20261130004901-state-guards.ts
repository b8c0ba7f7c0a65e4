import { SqlMigration } from './sql-migration.ts';

/** How many units are shipped: only of an order that is confirmed. `andBack`: no count goes back. */
const requireConfirmedOrders = (
  andBack: string,
) => `create or replace function require_confirmed_orders() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  shipped uuid[] := array(
    select distinct after.order_id from after join before using (id)
    where after.shipped_quantity > before.shipped_quantity);
  confirmed bigint;
begin${andBack}
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
end $$`;

const columns = {
  payment: 'id, order_id, currency_code, provider, amount_minor',
  payment_transaction: `payment_id, kind, amount_minor, idempotency_key, provider_reference, is_external, is_final,
  shipment_id, reason`,
  stock_movement: 'variant_id, location_id, kind, quantity, reservation_id, transfer_id, reason, note',
};
const tables = Object.keys(columns).join(', ');

/**
 * An order has the status that its lines and shipments have reached, and the application names neither the time of a
 * request or a movement nor, but by shop.actor, who made it.
 */
export class StateGuards extends SqlMigration {
  protected override readonly upStatements = [
    `revoke insert on ${tables} from shop_app`,
    ...Object.entries(columns).map(([table, names]) => `grant insert (${names}) on ${table} to shop_app`),

    `create function check_order_fulfilment() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  lines record;
begin
  select sum(quantity - shipped_quantity - cancelled_quantity) as open, sum(shipped_quantity) as shipped,
    sum(returned_quantity) as returned into lines
    from order_line where order_id = new.id;
  if (case new.status
      when 'partially_shipped' then lines.shipped > 0 and lines.open > 0
      when 'shipped' then lines.shipped > 0 and lines.open = 0
      when 'returned' then lines.shipped > 0 and lines.open = 0 and lines.returned = lines.shipped
      else lines.shipped > 0 and lines.open = 0 and not exists (
        select from shipment where order_id = new.id and status in ('pending', 'shipped')) end) is not true then
    raise exception 'Order % is not %', new.id, new.status
      using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_fulfilled',
            hint = 'Ship, deliver or return its goods: the status follows.';
  end if;
  return null;
end $$`,
    `create trigger sales_order_fulfilled after update of status on sales_order
  for each row when (new.status in ('partially_shipped', 'shipped', 'completed', 'returned') and new.status <> old.status)
  execute function check_order_fulfilment()`,

    requireConfirmedOrders(`
  if exists (select from after join before using (id) where after.shipped_quantity < before.shipped_quantity
      or after.cancelled_quantity < before.cancelled_quantity or after.returned_quantity < before.returned_quantity) then
    raise exception 'What was shipped, cancelled or returned stays counted'
      using errcode = 'check_violation', table = 'order_line', constraint = 'order_line_counts',
            hint = 'Goods that come back are returned.';
  end if;`),
  ];

  protected override readonly downStatements = [
    requireConfirmedOrders(''),
    `drop trigger sales_order_fulfilled on sales_order`,
    `drop function check_order_fulfilment()`,
    `revoke insert on ${tables} from shop_app`,
    `grant insert on ${tables} to shop_app`,
  ];
}
