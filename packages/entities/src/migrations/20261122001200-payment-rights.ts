import { SqlMigration } from './sql-migration.ts';

/** When a pending transaction was checked, and what the application may change of payments and holds. */
export class PaymentRights extends SqlMigration {
  protected override readonly upStatements = [
    `alter table payment_transaction add column checked_at timestamptz`,
    `comment on column payment_transaction.checked_at is 'When the sweep last asked the provider about it.'`,
    // Order, amount, currency and key of a payment never change.
    `revoke update on payment, payment_transaction, shipment, stock_reservation from shop_app`,
    `grant update (status, provider_reference, authorized_minor, captured_minor, refunded_minor, updated_at)
  on payment to shop_app`,
    `grant update (status, provider_reference, failure_reason, completed_at, checked_at)
  on payment_transaction to shop_app`,
    `grant update (status, carrier, tracking_number, shipped_at, delivered_at, updated_at) on shipment to shop_app`,
    `grant update (status, quantity, expires_at, shipment_id) on stock_reservation to shop_app`,
  ];

  protected override readonly downStatements = [
    // Revokes the rights on columns, too.
    `revoke update on payment, payment_transaction, shipment, stock_reservation from shop_app`,
    `grant update on payment, payment_transaction, shipment, stock_reservation to shop_app`,
    `alter table payment_transaction drop column checked_at`,
  ];
}
