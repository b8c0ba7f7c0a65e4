import { SqlMigration } from './sql-migration.ts';

/** What the relay of the outbox needs: when a failed event is tried again, and the first event of an aggregate. */
export class OutboxRelay extends SqlMigration {
  protected override readonly upStatements = [
    `alter table outbox_event add column retry_at timestamptz`,
    `comment on column outbox_event.retry_at is 'Not before then is an event published whose last attempt failed.'`,
    `create index concurrently outbox_event_aggregate_index on outbox_event (aggregate_id, id) where published_at is null`,
  ];

  protected override readonly downStatements = [
    `drop index outbox_event_aggregate_index`,
    `alter table outbox_event drop column retry_at`,
  ];
}
