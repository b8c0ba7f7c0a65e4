import { noRows, type Check } from '@ecommerce-dms/validator';
import { ago } from './ago.ts';

/** The outbox of invariant 8, and the audit log, which cannot be written in a month without a partition. */
export function operationChecks(outboxMaxAgeMs: number): Check[] {
  return [
    noRows({
      id: 'outbox.stale-event',
      description: 'No event waits in the outbox for long.',
      severity: 'warning',
      sql: `SELECT id, topic, attempts, created_at FROM outbox_event
        WHERE published_at IS NULL AND set_aside_at IS NULL AND created_at < ${ago(outboxMaxAgeMs)}`,
      key: ['id'],
      show: ['topic', 'attempts', 'created_at'],
      fix: 'See last_error, and check that a relay runs.',
    }),
    noRows({
      id: 'outbox.set-aside',
      description:
        'No event was set aside by the relays, which would keep it and the later ones of its aggregate from consumers.',
      sql: `SELECT id, topic, aggregate_id, attempts, last_error, set_aside_at FROM outbox_event
        WHERE set_aside_at IS NOT NULL AND published_at IS NULL`,
      key: ['id'],
      show: ['topic', 'aggregate_id', 'attempts', 'last_error', 'set_aside_at'],
      fix: 'Fix the cause in last_error, then call replayEvent(); or skipEvent() if no consumer needs it.',
    }),
    noRows({
      id: 'audit.partition-ahead',
      description: 'The audit log has a partition for this month and each of the next 3.',
      sql: `SELECT to_char(month, 'YYYY_MM') AS month
        FROM generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'), now() AT TIME ZONE 'UTC'
          + interval '3 months', interval '1 month') AS month
        WHERE NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'public.audit_log'::regclass
          AND inhrelid = to_regclass('public.audit_log_' || to_char(month, 'YYYY_MM')))`,
      key: ['month'],
      fix: 'Run SELECT rotate_audit_log(24, 24) as the owner, each month.',
    }),
  ];
}
