import { SqlMigration } from './sql-migration.ts';

/** Authorizations that wait for the buyer, such as in 3-D Secure. */
export class PaymentActions extends SqlMigration {
  protected override readonly upStatements = [
    // When, and not what: an action has a secret in it.
    `alter table payment_transaction add column action_required_at timestamptz,
  add constraint payment_transaction_action_check check (action_required_at is null or kind = 'authorize') not valid`,
    `alter table payment_transaction validate constraint payment_transaction_action_check`,
    `comment on column payment_transaction.action_required_at is 'When an authorization began to wait for the buyer.'`,
    `grant update (action_required_at) on payment_transaction to shop_app`,
  ];

  protected override readonly downStatements = [
    `alter table payment_transaction drop column action_required_at`,
  ];
}
