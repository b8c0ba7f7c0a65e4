import { noRows, type Check } from '@ecommerce-dms/validator';
import { ago } from './ago.ts';

/** The outbox of invariant 8, and the audit log, which cannot be written in a month without a partition. */
export function operationChecks(outboxMaxAgeMs: number): Check[] {
  return [
    noRows({
      id: 'outbox.stale-event',
      description: 'No event waits in the outbox for long.',
      severity: 'warning',
      sql: `select id, topic, attempts, created_at from outbox_event
        where published_at is null and set_aside_at is null and created_at < ${ago(outboxMaxAgeMs)}`,
      key: ['id'],
      show: ['topic', 'attempts', 'created_at'],
      fix: 'See last_error, and check that a relay runs.',
    }),
    noRows({
      id: 'outbox.set-aside',
      description:
        'No event was set aside by the relays, which would keep it and the later ones of its aggregate from consumers.',
      sql: `select id, topic, aggregate_id, attempts, last_error, set_aside_at from outbox_event
        where set_aside_at is not null and published_at is null`,
      key: ['id'],
      show: ['topic', 'aggregate_id', 'attempts', 'last_error', 'set_aside_at'],
      fix: 'Fix the cause in last_error, then call replayEvent(); or skipEvent() if no consumer needs it.',
    }),
    noRows({
      id: 'audit.partition-ahead',
      description: 'The audit log has a partition for this month and each of the next 3.',
      sql: `select to_char(month, 'YYYY_MM') as month
        from generate_series(date_trunc('month', now() at time zone 'UTC'), now() at time zone 'UTC'
          + interval '3 months', interval '1 month') as month
        where not exists (select from pg_inherits where inhparent = 'public.audit_log'::regclass
          and inhrelid = to_regclass('public.audit_log_' || to_char(month, 'YYYY_MM')))`,
      key: ['month'],
      fix: 'Run select rotate_audit_log(24, 24) as the owner, each month.',
    }),
  ];
}
