import { requireConfirmedOrders } from './order-functions.ts';
import { SqlMigration } from './sql-migration.ts';

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

    requireConfirmedOrders({ countsStay: true }),
  ];

  protected override readonly downStatements = [
    requireConfirmedOrders(),
    `drop trigger sales_order_fulfilled on sales_order`,
    `drop function check_order_fulfilment()`,
    `revoke insert on ${tables} from shop_app`,
    `grant insert on ${tables} to shop_app`,
  ];
}
