import { checkOrderCover } from './payment-functions.ts';
import { SqlMigration } from './sql-migration.ts';

const kinds = (...more: string[]) =>
  ['authorize', 'capture', 'refund', 'void', ...more].map((kind) => `'${kind}'`).join(', ');

/** Until when an authorization can be captured, its renewal, and captures of shipments. */
export class PaymentCaptures extends SqlMigration {
  protected override readonly upStatements = [
    `alter table payment add column capture_before timestamptz`,
    `comment on column payment.capture_before is
  'When what is authorized and not captured ends: by the provider, or by a final capture. Null: not known.'`,
    // For the sweep. It is set by the first outcome, which writes the index of the reference, too.
    `create index concurrently payment_capture_before_index on payment (capture_before) where capture_before is not null`,
    `alter table payment_transaction
  add column is_final boolean not null default false,
  add column shipment_id uuid,
  add constraint payment_transaction_shipment_id_foreign foreign key (shipment_id) references shipment (id) not valid,
  add constraint payment_transaction_capture_check check (kind = 'capture' or not is_final and shipment_id is null) not valid,
  drop constraint payment_transaction_kind_check,
  drop constraint payment_transaction_external_check,
  add constraint payment_transaction_kind_check check (kind in
    (${kinds('reauthorize', 'dispute', 'dispute_reversal', 'refund_reversal')})) not valid,
  add constraint payment_transaction_external_check
    check (is_external or kind in (${kinds('reauthorize')})) not valid`,
    ...['shipment_id_foreign', 'capture_check', 'kind_check', 'external_check'].map(
      (name) => `alter table payment_transaction validate constraint payment_transaction_${name}`,
    ),
    `create index concurrently payment_transaction_shipment_id_index on payment_transaction (shipment_id)
  where shipment_id is not null`,
    `comment on column payment_transaction.is_final is 'A capture that frees what it leaves of the authorization.'`,
    `comment on column payment_transaction.shipment_id is 'The shipment whose goods a capture takes the money of.'`,
    `grant update (capture_before) on payment to shop_app`,
    checkOrderCover('expiry'),
  ];

  // Only while nothing was renewed.
  protected override readonly downStatements = [
    checkOrderCover('provider'),
    `alter table payment_transaction
  drop constraint payment_transaction_capture_check,
  drop constraint payment_transaction_kind_check,
  drop constraint payment_transaction_external_check,
  add constraint payment_transaction_kind_check check (kind in
    (${kinds('dispute', 'dispute_reversal', 'refund_reversal')})),
  add constraint payment_transaction_external_check check (is_external or kind in (${kinds()})),
  drop column shipment_id,
  drop column is_final`,
    `alter table payment drop column capture_before`,
  ];
}
