import { noRows, type Check } from '@ecommerce-dms/validator';
import { ago } from './options.ts';

/** The outbox of invariant 8. */
export function operationChecks(outboxMaxAgeMs: number): Check[] {
  return [
    noRows({
      id: 'outbox.stale-event',
      description: 'No event waits in the outbox for long.',
      severity: 'warning',
      sql: `SELECT id, topic, attempts, created_at FROM outbox_event
        WHERE published_at IS NULL AND created_at < ${ago(outboxMaxAgeMs)}`,
      key: ['id'],
      show: ['topic', 'attempts', 'created_at'],
      mend: 'See last_error, and whether the dispatcher runs.',
    }),
  ];
}
