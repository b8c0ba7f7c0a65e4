import { id, payment } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** Invariant 3: payments. */
export const paymentCorruptions: Corruption[] = [
  {
    what: 'an authorization that was not added',
    sql: `update payment set authorized_minor = 0 where id = '${payment.cancelled}'`,
    findings: ['payment.authorized'],
  },
  {
    what: 'a capture that is lost',
    sql: `delete from payment_transaction where idempotency_key = 'b'`,
    findings: ['payment.captured', 'payment.status'],
  },
  {
    what: 'a capture that was added twice',
    sql: `update payment set captured_minor = 4599 where id = '${payment.completed}'`,
    findings: ['payment.captured'],
  },
  {
    what: 'a refund that was not added',
    sql: `update payment set refunded_minor = 0 where id = '${payment.completed}'`,
    findings: ['payment.refunded'],
  },
  {
    what: 'a payment that was voided without asking the provider',
    sql: `update payment_transaction set status = 'failed' where idempotency_key = 'e'`,
    findings: ['payment.status'],
  },
  {
    what: 'a payment that failed although it was authorized',
    sql: `update payment set status = 'failed' where id = '${payment.cancelled}'`,
    findings: ['payment.status'],
  },
  {
    what: 'a dispute that nobody raised',
    sql: `update payment set disputed_minor = 1 where id = '${payment.completed}'`,
    findings: ['payment.disputed'],
  },
  {
    what: 'a payment that is pending although it was refused',
    sql: `update payment set status = 'pending' where id = '${payment.refused}'`,
    findings: ['payment.status'],
  },
  {
    what: 'a payment that failed although it waits for its outcome',
    sql: `update payment set status = 'failed' where id = '${payment.pending}'`,
    findings: ['payment.status'],
  },
  {
    what: 'an order that was paid twice',
    sql: `insert into payment (id, order_id, currency_code, provider, status, amount_minor, authorized_minor, captured_minor)
       select '${id(86)}', order_id, 'EUR', 'card', 'captured', 2000, 2000, 2000 from payment where id = '${payment.confirmed}';
     insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at)
       values ('${id(86)}', 'capture', 'succeeded', 2000, 'x', clock_timestamp())`,
    findings: ['order.overpaid'],
  },
  {
    what: 'an order of which another payment was captured at the provider',
    sql: `insert into payment (id, order_id, currency_code, provider, status, amount_minor, authorized_minor, captured_minor)
       select '${id(86)}', order_id, 'EUR', 'card', 'captured', 2000, 2000, 2000 from payment where id = '${payment.confirmed}';
     insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at, provider_reference, is_external)
       values ('${id(86)}', 'capture', 'succeeded', 2000, 'x', clock_timestamp(), 'r', true)`,
    findings: ['order.overpaid-at-provider'],
  },
  {
    what: 'a payment in another currency',
    sql: `alter table payment drop constraint payment_order_id_currency_code_foreign;
     update payment set currency_code = 'USD' where id = '${payment.pending}'`,
    findings: ['payment.currency'],
  },
];
