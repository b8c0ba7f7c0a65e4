/** SQL: rows of order `o` that are not of its placement, or of an edit of it, by this transaction. */
export const isOfOtherTransaction = {
  placement: 'o.placed_xid is distinct from pg_current_xact_id()',
  edit: `o.placed_xid is distinct from pg_current_xact_id()
        and exists (select from added where order_id = o.id and edit_number is null)
      or exists (select from added a where a.order_id = o.id and a.edit_number is not null and not exists (
        select from order_edit e where e.order_id = a.order_id and e.number = a.edit_number
          and e.edited_xid = pg_current_xact_id()))`,
};

/** SQL: whether a sum of adjustments of order `o` compares so with its amount. One scan, and no grouping. */
export const adjustmentSum = (comparison: '<>' | '>') => `(select ${['discount', 'shipping', 'tax']
  .map(
    (kind) => `coalesce(sum(amount_minor) filter (where kind = '${kind}'), 0) ${comparison} o.${kind}_minor`,
  )
  .join(`\n          or `)}
        from order_adjustment where order_id = o.id)`;

/** Lines are added to an order by no `foreign` transaction, and make at most its subtotal. */
export const checkAddedLines = (
  foreign: string,
) => `create or replace function check_added_order_lines() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from sales_order o
    where o.id in (select order_id from added) and (${foreign}
      or o.subtotal_minor < (select sum(total_minor) from order_line where order_id = o.id))) then
    raise exception 'The lines are not of the placement of their order'
      using errcode = 'check_violation', table = 'order_line', constraint = 'order_line_placed',
            hint = 'Lines are written by the transaction that places the order, and are its subtotal.';
  end if;
  return null;
end $$`;

/** Adjustments are added to an order by no `foreign` transaction, and do not `exceed` its amounts. */
export const checkAddedAdjustments = ({
  foreign = isOfOtherTransaction.placement,
  exceed = adjustmentSum('>'),
} = {}) => `create or replace function check_added_order_adjustments() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from sales_order o
    where o.id in (select order_id from added) and (${foreign}
      or ${exceed}))
  then
    raise exception 'The adjustments are not of the placement of their order'
      using errcode = 'check_violation', table = 'order_adjustment', constraint = 'order_adjustment_placed',
            hint = 'Adjustments are written by the transaction that places the order, and make its amounts.';
  end if;
  return null;
end $$`;

const requireCountsStay = `
  if exists (select from after join before using (id) where after.shipped_quantity < before.shipped_quantity
      or after.cancelled_quantity < before.cancelled_quantity or after.returned_quantity < before.returned_quantity) then
    raise exception 'What was shipped, cancelled or returned stays counted'
      using errcode = 'check_violation', table = 'order_line', constraint = 'order_line_counts',
            hint = 'Goods that come back are returned.';
  end if;`;

/** Units are shipped only of an order that is confirmed, `andCovered`; `countsStay`: no count goes back. */
export const requireConfirmedOrders = ({
  countsStay = false,
  andCovered = '',
} = {}) => `create or replace function require_confirmed_orders() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  shipped uuid[] := array(
    select distinct after.order_id from after join before using (id)
    where after.shipped_quantity > before.shipped_quantity);
  confirmed bigint;
begin${countsStay ? requireCountsStay : ''}
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
  end if;${andCovered}
  return null;
end $$`;
