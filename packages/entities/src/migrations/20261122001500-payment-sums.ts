import { SqlMigration } from './sql-migration.ts';

/** The amounts of a payment are the sums of its transactions that succeeded: checked as each transaction commits. */
export class PaymentSums extends SqlMigration {
  protected override readonly upStatements = [
    // At the commit, since an outcome is two statements: of the transaction and of the payment. The lock lets the
    // commits of one payment wait for each other, so that the sums are read with what was waited for. The operations
    // have the lock already. A payment that is captured at once was authorized by that.
    `create function check_payment_sums() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
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
  perform from payment where id = any (touched) order by id for no key update;
  select p.id into wrong
    from payment p cross join lateral (
      select coalesce(sum(amount_minor) filter (where kind = 'authorize'), 0) as authorized,
             coalesce(sum(amount_minor) filter (where kind = 'capture'), 0) as captured,
             coalesce(sum(amount_minor) filter (where kind = 'refund'), 0) as refunded
      from payment_transaction where payment_id = p.id and status = 'succeeded') t
    where p.id = any (touched)
      and (p.authorized_minor, p.captured_minor, p.refunded_minor)
        <> (greatest(t.authorized, t.captured), t.captured, t.refunded);
  if wrong is not null then
    raise exception 'The amounts of payment % are not the sums of its transactions', wrong
      using errcode = 'check_violation', table = 'payment', constraint = 'payment_sums',
            hint = 'Record an outcome in payment_transaction and payment in the same transaction.';
  end if;
  return null;
end $$`,
    `create constraint trigger payment_sums
  after insert or update of authorized_minor, captured_minor, refunded_minor on payment
  deferrable initially deferred for each row execute function check_payment_sums()`,
    // Not on insert: a transaction begins as pending.
    `create constraint trigger payment_transaction_sums
  after update of payment_id, kind, status, amount_minor or delete on payment_transaction
  deferrable initially deferred for each row execute function check_payment_sums()`,
  ];

  protected override readonly downStatements = [
    `drop trigger payment_transaction_sums on payment_transaction`,
    `drop trigger payment_sums on payment`,
    `drop function check_payment_sums()`,
  ];
}
