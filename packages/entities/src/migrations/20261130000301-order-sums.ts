import { SqlMigration } from './sql-migration.ts';

/** The amounts of an order are the sums of its lines and adjustments, which are written with it and never change. */
export class OrderSums extends SqlMigration {
  protected override readonly upStatements = [
    // In two steps: orders of before have none, and no row is rewritten.
    `alter table sales_order add column placed_xid xid8`,
    `alter table sales_order alter column placed_xid set default pg_current_xact_id()`,
    `comment on column sales_order.placed_xid is
  'The transaction that placed it: no other adds lines or adjustments.'`,

    // At the commit, since an order may be written in several statements.
    `create function check_order_sums() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from sales_order o
      cross join lateral (select coalesce(sum(total_minor), 0) as subtotal from order_line where order_id = o.id) l
      cross join lateral (
        select coalesce(sum(amount_minor) filter (where kind = 'discount'), 0) as discount,
               coalesce(sum(amount_minor) filter (where kind = 'shipping'), 0) as shipping,
               coalesce(sum(amount_minor) filter (where kind = 'tax'), 0) as tax
        from order_adjustment where order_id = o.id) a
    where o.id = new.id
      and (o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor)
        <> (l.subtotal, a.discount, a.shipping, a.tax)) then
    raise exception 'The amounts of order % are not the sums of its lines and adjustments', new.id
      using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_sums',
            hint = 'Place an order with all its lines and adjustments in one transaction.';
  end if;
  return null;
end $$`,
    `create constraint trigger sales_order_sums
  after insert or update of subtotal_minor, discount_minor, shipping_minor, tax_minor on sales_order
  deferrable initially deferred for each row execute function check_order_sums()`,

    // No other session sees an order before its transaction commits, so this holds at every isolation level. Amounts
    // are never negative: that no sum exceeds that of the order is what is left to see if a program had the check
    // above run early (set constraints). Once for a statement, whatever the number of rows.
    `create function check_added_order_lines() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from sales_order o
    where o.id in (select order_id from added) and (o.placed_xid is distinct from pg_current_xact_id()
      or o.subtotal_minor < (select sum(total_minor) from order_line where order_id = o.id))) then
    raise exception 'The lines are not of the placement of their order'
      using errcode = 'check_violation', table = 'order_line', constraint = 'order_line_placed',
            hint = 'Lines are written by the transaction that places the order, and are its subtotal.';
  end if;
  return null;
end $$`,
    `create trigger order_line_placed after insert on order_line
  referencing new table as added for each statement execute function check_added_order_lines()`,
    `create function check_added_order_adjustments() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from sales_order o
    where o.id in (select order_id from added) and (o.placed_xid is distinct from pg_current_xact_id()
      or exists (select from order_adjustment where order_id = o.id group by kind having sum(amount_minor) >
        case kind when 'discount' then o.discount_minor when 'shipping' then o.shipping_minor else o.tax_minor end)))
  then
    raise exception 'The adjustments are not of the placement of their order'
      using errcode = 'check_violation', table = 'order_adjustment', constraint = 'order_adjustment_placed',
            hint = 'Adjustments are written by the transaction that places the order, and make its amounts.';
  end if;
  return null;
end $$`,
    `create trigger order_adjustment_placed after insert on order_adjustment
  referencing new table as added for each statement execute function check_added_order_adjustments()`,

    // Also for the owner. What is counted of a line, and nothing else, changes.
    `create trigger order_line_append_only
  before update of id, order_id, position, variant_id, sku, title, variant_title, quantity, unit_price_minor,
  price_list_code, total_minor or delete or truncate on order_line execute function refuse_change()`,
    `create trigger order_adjustment_append_only before update or delete or truncate on order_adjustment
  execute function refuse_change()`,
  ];

  protected override readonly downStatements = [
    `drop trigger order_adjustment_append_only on order_adjustment`,
    `drop trigger order_line_append_only on order_line`,
    `drop trigger order_adjustment_placed on order_adjustment`,
    `drop trigger order_line_placed on order_line`,
    `drop trigger sales_order_sums on sales_order`,
    `drop function check_added_order_adjustments(), check_added_order_lines(), check_order_sums()`,
    `alter table sales_order drop column placed_xid`,
  ];
}
