import { SqlMigration } from './sql-migration.ts';

/** Payments, and the requests to the provider for each. */
export class Payment extends SqlMigration {
  protected override readonly upStatements = [
    `create table payment (
  id                  uuid        not null default uuidv7(),
  order_id            uuid        not null,
  currency_code       text        not null,
  provider            text        not null,
  provider_reference  text,
  status              text        not null default 'pending',
  amount_minor        bigint      not null,
  authorized_minor    bigint      not null default 0,
  captured_minor      bigint      not null default 0,
  refunded_minor      bigint      not null default 0,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint payment_pkey primary key (id),
  -- A payment is in the currency of its order.
  constraint payment_order_id_currency_code_foreign foreign key (order_id, currency_code)
    references sales_order (id, currency_code),
  constraint payment_status_check check (status in
    ('pending', 'authorized', 'captured', 'refunded', 'voided', 'failed')),
  constraint payment_amounts_check check (
    amount_minor > 0 and refunded_minor >= 0 and refunded_minor <= captured_minor
    and captured_minor <= authorized_minor and authorized_minor <= amount_minor),
  constraint payment_status_amounts_check check (case status
    when 'authorized' then authorized_minor > 0 and captured_minor = 0
    when 'captured'   then captured_minor > 0
    when 'refunded'   then captured_minor > 0 and refunded_minor = captured_minor
    else captured_minor = 0 end)
) with (fillfactor = 70)`,
    `create index payment_order_id_currency_code_index on payment (order_id, currency_code)`,
    `create unique index payment_provider_reference_unique on payment (provider, provider_reference)`,
    `create trigger payment_status_transition before insert or update of status on payment
  for each row execute function check_status_transition()`,
    `create trigger payment_updated_at before update on payment for each row execute function set_updated_at()`,

    `create table payment_transaction (
  id                  uuid        not null default uuidv7(),
  payment_id          uuid        not null,
  kind                text        not null,
  status              text        not null default 'pending',
  amount_minor        bigint      not null,
  idempotency_key     text        not null,
  provider_reference  text,
  failure_reason      text,
  created_at          timestamptz not null default now(),
  completed_at        timestamptz,
  constraint payment_transaction_pkey primary key (id),
  constraint payment_transaction_idempotency_key_unique unique (idempotency_key),
  constraint payment_transaction_payment_id_foreign foreign key (payment_id) references payment (id),
  constraint payment_transaction_kind_check check (kind in ('authorize', 'capture', 'refund', 'void')),
  constraint payment_transaction_status_check check (status in ('pending', 'succeeded', 'failed')),
  constraint payment_transaction_amount_minor_check check (amount_minor > 0),
  constraint payment_transaction_completed_check check ((status = 'pending') = (completed_at is null))
) with (fillfactor = 70)`,
    `create index payment_transaction_payment_id_index on payment_transaction (payment_id)`,
    `create index payment_transaction_pending_index on payment_transaction (created_at) where status = 'pending'`,
    `create trigger payment_transaction_status_transition before insert or update of status on payment_transaction
  for each row execute function check_status_transition()`,
  ];

  protected override readonly downStatements = [`drop table payment_transaction, payment`];
}
