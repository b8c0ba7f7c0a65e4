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
    findings: ['cart.expired-open'],
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
];
