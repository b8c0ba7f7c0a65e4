import { cart, hold } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** Invariant 8: what waits too long. */
export const overdueCorruptions: Corruption[] = [
  {
    what: 'an expired hold',
    sql: `update stock_reservation set expires_at = now() - interval '1 hour' where id = '${hold.pending}'`,
    findings: ['inventory.expired-hold'],
  },
  {
    what: 'an expired cart',
    sql: `update cart set expires_at = now() - interval '2 days' where id = '${cart.open}'`,
    findings: ['cart.expired-open', 'maintenance.overdue'],
  },
  {
    what: 'a transaction without an answer',
    sql: `update payment_transaction set created_at = now() - interval '2 hours' where status = 'pending'`,
    findings: ['payment.stale-transaction'],
  },
  {
    what: 'an event that nobody published',
    sql: `update outbox_event set published_at = null, created_at = now() - interval '1 hour'`,
    findings: ['outbox.stale-event'],
  },
  {
    what: 'an event that was set aside',
    sql: `update outbox_event set published_at = null, set_aside_at = now() where topic = 'order.placed'`,
    findings: ['outbox.set-aside'],
  },
  {
    what: 'a month without a partition',
    sql: `do $$ begin execute format('alter table audit_log detach partition %I',
       'audit_log_' || to_char(date_trunc('month', now() at time zone 'UTC') + interval '1 month', 'YYYY_MM'));
     end $$`,
    findings: ['audit.partition-ahead'],
  },
  {
    what: 'a task that has not succeeded for more than 3 of its intervals',
    sql: `insert into maintenance_run (task, interval_ms, started_at, finished_at, affected)
      values ('holds', 60000, now(), now() - interval '19 minutes', 0)`,
    findings: ['maintenance.overdue'],
  },
  {
    what: 'a task that has never succeeded',
    sql: `insert into maintenance_run (task, interval_ms, started_at, affected, error)
      values ('tokens', 3600000, now(), 0, 'no')`,
    findings: ['maintenance.overdue'],
  },
  {
    what: 'an idempotency key that nobody has ever removed',
    sql: `insert into idempotency_key (scope, key, request_hash, expires_at)
      values ('checkout', 'old', sha256('x'), now() - interval '2 days')`,
    findings: ['maintenance.overdue'],
  },
];
