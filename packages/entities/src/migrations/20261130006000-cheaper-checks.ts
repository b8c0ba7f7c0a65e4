import { adjustmentSum, checkAddedAdjustments } from './order-functions.ts';
import { SqlMigration } from './sql-migration.ts';

/** The status in which a row begins, which needs no look at the table of transitions. */
const initialStatuses = {
  sales_order: 'pending',
  payment: 'pending',
  payment_transaction: 'pending',
  shipment: 'pending',
  stock_reservation: 'held',
  cart: 'open',
};

const transitionTriggers = (argument: (status: string) => string): string[] =>
  Object.entries(initialStatuses).map(
    ([table, status]) =>
      `create or replace trigger ${table}_status_transition before insert or update of status on ${table}
  for each row execute function check_status_transition(${argument(status)})`,
  );

const orderSums = (differ: string) => `create or replace function check_order_sums() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from sales_order o
      ${differ}) then
    raise exception 'The amounts of order % are not the sums of its lines and adjustments', new.id
      using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_sums',
            hint = 'Place an order with all its lines and adjustments in one transaction.';
  end if;
  return null;
end $$`;

/** What the database checks of each order costs a checkout less; it refuses the same. */
export class CheaperChecks extends SqlMigration {
  protected override readonly upStatements = [
    // The arguments are the statuses in which a row may begin.
    `create or replace function check_status_transition() returns trigger language plpgsql as $$
declare
  old_status text := 'new';
begin
  if tg_op = 'UPDATE' then
    if old.status = new.status then
      return new;
    end if;
    old_status := old.status;
  elsif new.status = any (tg_argv) then
    return new;
  end if;
  if exists (select from public.status_transition
             where machine = tg_table_name and from_status = old_status and to_status = new.status) then
    return new;
  end if;
  raise exception '%: no transition from ''%'' to ''%''', tg_table_name, old_status, new.status
    using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, column = 'status',
          constraint = tg_table_name || '_status_transition',
          hint = 'Table status_transition lists the legal ones.';
end $$`,
    ...transitionTriggers((status) => `'${status}'`),
    orderSums(`where o.id = new.id and (
        o.subtotal_minor <> (select coalesce(sum(total_minor), 0) from order_line where order_id = o.id)
        or ${adjustmentSum('<>')})`),
    checkAddedAdjustments(),
  ];

  protected override readonly downStatements = [
    checkAddedAdjustments({
      exceed: `exists (select from order_adjustment where order_id = o.id group by kind having sum(amount_minor) >
        case kind when 'discount' then o.discount_minor when 'shipping' then o.shipping_minor else o.tax_minor end)`,
    }),
    orderSums(`cross join lateral (select coalesce(sum(total_minor), 0) as subtotal from order_line where order_id = o.id) l
      cross join lateral (
        select coalesce(sum(amount_minor) filter (where kind = 'discount'), 0) as discount,
               coalesce(sum(amount_minor) filter (where kind = 'shipping'), 0) as shipping,
               coalesce(sum(amount_minor) filter (where kind = 'tax'), 0) as tax
        from order_adjustment where order_id = o.id) a
    where o.id = new.id
      and (o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor)
        <> (l.subtotal, a.discount, a.shipping, a.tax)`),
    ...transitionTriggers(() => ''),
    `create or replace function check_status_transition() returns trigger language plpgsql as $$
declare
  old_status text := case tg_op when 'INSERT' then 'new' else old.status end;
begin
  if old_status = new.status
     or exists (select from status_transition
                where machine = tg_table_name and from_status = old_status and to_status = new.status) then
    return new;
  end if;
  raise exception '%: no transition from ''%'' to ''%''', tg_table_name, old_status, new.status
    using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, column = 'status',
          constraint = tg_table_name || '_status_transition',
          hint = 'Table status_transition lists the legal ones.';
end $$`,
  ];
}
