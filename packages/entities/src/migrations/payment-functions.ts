/**
 * What payment `p` is worth by its transactions: `requests` alone, or with what the `provider` did without one, and
 * what it did less of than was asked.
 */
type Books = 'requests' | 'provider';

const succeeded = {
  requests: {
    sums: `select coalesce(sum(amount_minor) filter (where kind = 'authorize'), 0) as authorized,
             coalesce(sum(amount_minor) filter (where kind = 'capture'), 0) as captured,
             coalesce(sum(amount_minor) filter (where kind = 'refund'), 0) as refunded
      from payment_transaction where payment_id = p.id and status = 'succeeded'`,
    amounts: '(p.authorized_minor, p.captured_minor, p.refunded_minor)',
    expected: '(greatest(t.authorized, t.captured), t.captured, t.refunded)',
  },
  provider: {
    sums: `select coalesce(sum(done) filter (where kind = 'authorize'), 0) as authorized,
             coalesce(sum(done) filter (where kind = 'capture'), 0) as captured,
             coalesce(sum(done) filter (where kind = 'refund'), 0)
               - coalesce(sum(done) filter (where kind = 'refund_reversal'), 0) as refunded,
             coalesce(sum(done) filter (where kind = 'dispute'), 0)
               - coalesce(sum(done) filter (where kind = 'dispute_reversal'), 0) as disputed
      from (select kind, coalesce(settled_minor, amount_minor) as done
        from payment_transaction where payment_id = p.id and status = 'succeeded') as outcome`,
    amounts: '(p.authorized_minor, p.captured_minor, p.refunded_minor, p.disputed_minor)',
    expected: '(greatest(t.authorized, t.captured), t.captured, t.refunded, t.disputed)',
  },
};

/** At the commit, the amounts of a payment are the sums of its transactions. `andThen` runs once it is locked. */
export function checkPaymentSums(
  books: Books,
  { rights, andThen = '' }: { rights: 'definer' | 'invoker'; andThen?: string },
): string {
  const { sums, amounts, expected } = succeeded[books];
  return `create or replace function check_payment_sums() returns trigger
language plpgsql security ${rights} set search_path = pg_catalog, public, pg_temp as $$
declare
  touched uuid[];
  wrong uuid;
begin
  if tg_table_name = 'payment' then
    touched := array[new.id];
  elsif tg_op = 'DELETE' then
    touched := array[old.payment_id];
  else
    touched := array[old.payment_id, new.payment_id];
  end if;
  perform from payment where id = any (touched) order by id for no key update;${andThen}
  select p.id into wrong
    from payment p cross join lateral (
      ${sums}) t
    where p.id = any (touched)
      and ${amounts}
        <> ${expected};
  if wrong is not null then
    raise exception 'The amounts of payment % are not the sums of its transactions', wrong
      using errcode = 'check_violation', table = 'payment', constraint = 'payment_sums',
            hint = 'Record an outcome in payment_transaction and payment in the same transaction.';
  end if;
  return null;
end $$`;
}

/**
 * That an authorization which leaves the sums as they are, since more was captured, changes the payment, too: at
 * repeatable read, a lock alone lets two of them past each other.
 */
export const touchHiddenAuthorization = `
  if tg_table_name = 'payment_transaction' and tg_op = 'UPDATE' then
    if new.kind = 'authorize' then
      update payment set updated_at = now() where id = any (touched) and captured_minor > 0;
    end if;
  end if;`;

const worth = {
  requests: {
    cover: 'greatest(t.authorized, t.captured) - t.refunded',
    sums: `select coalesce(sum(amount_minor) filter (where kind = 'authorize' and status = 'succeeded'), 0) as authorized,
             coalesce(sum(amount_minor) filter (where kind = 'capture' and status = 'succeeded'), 0) as captured,
             coalesce(sum(amount_minor) filter (where kind = 'refund' and status <> 'failed'), 0) as refunded,
             count(*) filter (where kind = 'void' and status <> 'failed') as voids
      from payment_transaction where payment_id = p.id`,
  },
  provider: {
    cover: 'greatest(greatest(t.authorized, t.captured) - t.refunded - t.disputed, 0)',
    sums: `select coalesce(sum(done) filter (where kind = 'authorize' and status = 'succeeded'), 0) as authorized,
             coalesce(sum(done) filter (where kind = 'capture' and status = 'succeeded'), 0) as captured,
             coalesce(sum(done) filter (where kind = 'refund' and status <> 'failed'), 0)
               - coalesce(sum(done) filter (where kind = 'refund_reversal' and status = 'succeeded'), 0) as refunded,
             coalesce(sum(done) filter (where kind = 'dispute' and status = 'succeeded'), 0)
               - coalesce(sum(done) filter (where kind = 'dispute_reversal' and status = 'succeeded'), 0) as disputed,
             count(*) filter (where kind = 'void' and status <> 'failed') as voids
      from (select kind, status, coalesce(settled_minor, amount_minor) as done
        from payment_transaction where payment_id = p.id) as each`,
  },
};

/** `expiry`: as the provider's books, and what was authorized covers no longer once it has ended. */
const covers = {
  ...worth,
  expiry: {
    cover: `greatest(case when p.capture_before <= now() then t.captured else greatest(t.authorized, t.captured) end
        - t.refunded - t.disputed, 0)`,
    sums: worth.provider.sums,
  },
};

/**
 * An order is confirmed only when it is covered: by the transactions, not by the amounts of the payments, which a
 * program could set back before its commit. What is being voided or refunded covers nothing, nor does what is left of a
 * payment that was refunded as far as it was captured.
 */
export function checkOrderCover(books: Books | 'expiry'): string {
  const { cover, sums } = covers[books];
  return `create or replace function check_order_cover() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  cover numeric;
begin
  perform from payment where order_id = new.id order by id for no key update;
  select coalesce(sum(${cover}), 0) into cover
    from payment p cross join lateral (
      ${sums}) t
    where p.order_id = new.id and t.voids = 0 and (t.captured = 0 or t.refunded < t.captured);
  if cover < new.total_minor then
    raise exception 'The payments of order % cover % of %', new.id, cover, new.total_minor
      using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_covered',
            hint = 'Authorize a payment for what is left.';
  end if;
  return null;
end $$`;
}

/**
 * PL/pgSQL: of `orders` to which an edit has added something, nothing is shipped that their payments do not cover, as
 * {@link checkOrderCover} counts them; what was credited needs no cover.
 */
export function requireCoveredEdits(orders: string): string {
  const { cover, sums } = covers.expiry;
  return `
  declare
    edited uuid[] := array(
      select order_id from order_edit where order_id = any (${orders}) group by order_id having sum(subtotal_minor) > 0);
    uncovered uuid;
  begin
    if cardinality(edited) > 0 then
      perform from payment where order_id = any (edited) order by id for no key update;
      select o.id into uncovered
        from sales_order o
        where o.id = any (edited)
          and o.total_minor - coalesce((select c.credited_minor from order_credit c where c.order_id = o.id), 0) > (
            select coalesce(sum(${cover}), 0)
            from payment p cross join lateral (
              ${sums}) t
            where p.order_id = o.id and t.voids = 0 and (t.captured = 0 or t.refunded < t.captured));
      if uncovered is not null then
        raise exception 'The payments of order % do not cover what was added to it', uncovered
          using errcode = 'check_violation', table = 'sales_order', constraint = 'sales_order_edit_covered',
                hint = 'Authorize a payment for what is left, or take back what was added.';
      end if;
    end if;
  end;`;
}
