import { SqlMigration } from './sql-migration.ts';

/** The events that wait for a retry are in an index of their own, so that a relay does not read past them. */
export class OutboxRetries extends SqlMigration {
  protected override readonly upStatements = [
    `alter table outbox_event add column lease_lapsed boolean not null default false`,
    `comment on column outbox_event.lease_lapsed is
  'Whether the last relay that leased it was killed, or stopped for longer than the lease: it is then leased alone.'`,
    `update outbox_event set lease_lapsed = true
  where published_at is null and last_error =
    'Its relay was killed, or stopped for longer than the lease, while it delivered this event.'`,
    // Built before the old one goes: a relay reads by one of them.
    `create index concurrently outbox_event_unpublished_new on outbox_event (id)
  where published_at is null and set_aside_at is null and retry_at is null`,
    `drop index concurrently outbox_event_unpublished_index`,
    `alter index outbox_event_unpublished_new rename to outbox_event_unpublished_index`,
    `create index concurrently outbox_event_retry_index on outbox_event (retry_at)
  where published_at is null and set_aside_at is null and retry_at is not null`,
    `grant update (lease_lapsed) on outbox_event to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop index outbox_event_retry_index`,
    `drop index outbox_event_unpublished_index`,
    `create index outbox_event_unpublished_index on outbox_event (id) where published_at is null`,
    `alter table outbox_event drop column lease_lapsed`,
  ];
}
