import { SqlMigration } from './sql-migration.ts';

/** Leases of the outbox, so that events are delivered outside of transactions, and events that are set aside. */
export class OutboxLeases extends SqlMigration {
  protected override readonly upStatements = [
    `create table outbox_lease (
  id            uuid         not null,
  event_ids     bigint[]     not null,
  leased_until  timestamptz  not null,
  constraint outbox_lease_pkey primary key (id)
)`,
    `comment on table outbox_lease is 'One row for each batch of events that a relay delivers now.'`,
    `comment on column outbox_lease.leased_until is 'Until then no other relay takes its events.'`,

    `alter table outbox_event add column set_aside_at timestamptz`,
    `comment on column outbox_event.set_aside_at is
  'Since then no relay tries it, and it holds up its aggregate. With published_at: it was skipped.'`,
    `create index concurrently outbox_event_set_aside_index on outbox_event (id)
  where set_aside_at is not null and published_at is null`,
  ];

  protected override readonly downStatements = [
    `drop index outbox_event_set_aside_index`,
    `alter table outbox_event drop column set_aside_at`,
    `drop table outbox_lease`,
  ];
}
