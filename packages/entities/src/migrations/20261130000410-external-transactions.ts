import { checkOrderCover, checkPaymentSums, touchHiddenAuthorization } from './payment-functions.ts';
import { SqlMigration } from './sql-migration.ts';

/** What is done at the provider without a request from here: disputes, refunds in its dashboard, other amounts. */
export class ExternalTransactions extends SqlMigration {
  protected override readonly upStatements = [
    `alter table payment add column disputed_minor bigint not null default 0,
  add constraint payment_disputed_minor_check check (disputed_minor >= 0) not valid`,
    `alter table payment validate constraint payment_disputed_minor_check`,
    `comment on column payment.disputed_minor is 'What disputes hold back: chargebacks.'`,
    `alter table payment_transaction add column settled_minor bigint,
  add column is_external boolean not null default false,
  drop constraint payment_transaction_kind_check,
  add constraint payment_transaction_kind_check check (kind in
    ('authorize', 'capture', 'refund', 'void', 'dispute', 'dispute_reversal', 'refund_reversal')) not valid,
  add constraint payment_transaction_external_check check
    (is_external or kind in ('authorize', 'capture', 'refund', 'void')) not valid,
  add constraint payment_transaction_settled_minor_check check
    (settled_minor is null or status = 'succeeded' and settled_minor > 0 and settled_minor < amount_minor) not valid`,
    `alter table payment_transaction validate constraint payment_transaction_kind_check`,
    `alter table payment_transaction validate constraint payment_transaction_external_check`,
    `alter table payment_transaction validate constraint payment_transaction_settled_minor_check`,
    `comment on column payment_transaction.settled_minor is 'What was done, where that is less than was asked.'`,
    `comment on column payment_transaction.is_external is 'Done at the provider without a request from here.'`,
    `insert into status_transition (machine, from_status, to_status)
  values ('payment', 'failed', 'authorized'), ('payment', 'refunded', 'captured')`,
    `grant update (disputed_minor) on payment to shop_app`,
    `grant update (settled_minor) on payment_transaction to shop_app`,
    `drop trigger payment_transaction_sums on payment_transaction`,
    `drop trigger payment_sums on payment`,
    checkPaymentSums('provider', { rights: 'definer', andThen: touchHiddenAuthorization }),
    // A dispute covers nothing from its outcome on, which changes the payment, too.
    checkOrderCover('provider'),
    `create constraint trigger payment_sums
  after insert or update of authorized_minor, captured_minor, refunded_minor, disputed_minor on payment
  deferrable initially deferred for each row execute function check_payment_sums()`,
    `create constraint trigger payment_transaction_sums
  after update of payment_id, kind, status, amount_minor, settled_minor or delete on payment_transaction
  deferrable initially deferred for each row execute function check_payment_sums()`,
  ];

  // Only while there are none: the sums of before have no place for them.
  protected override readonly downStatements = [
    `drop trigger payment_transaction_sums on payment_transaction`,
    `drop trigger payment_sums on payment`,
    checkPaymentSums('requests', { rights: 'definer', andThen: touchHiddenAuthorization }),
    checkOrderCover('requests'),
    `create constraint trigger payment_sums
  after insert or update of authorized_minor, captured_minor, refunded_minor on payment
  deferrable initially deferred for each row execute function check_payment_sums()`,
    `create constraint trigger payment_transaction_sums
  after update of payment_id, kind, status, amount_minor or delete on payment_transaction
  deferrable initially deferred for each row execute function check_payment_sums()`,
    `delete from status_transition where machine = 'payment'
  and (from_status, to_status) in (('failed', 'authorized'), ('refunded', 'captured'))`,
    `alter table payment_transaction
  drop constraint payment_transaction_external_check,
  drop constraint payment_transaction_settled_minor_check,
  drop constraint payment_transaction_kind_check,
  add constraint payment_transaction_kind_check check (kind in ('authorize', 'capture', 'refund', 'void')),
  drop column settled_minor,
  drop column is_external`,
    `alter table payment drop column disputed_minor`,
  ];
}
