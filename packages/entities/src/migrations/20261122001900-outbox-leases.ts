import { SqlMigration } from './sql-migration.ts';

/** Leases of the outbox, so that events are delivered outside of transactions, and events that are set aside. */
export class OutboxLeases extends SqlMigration {
  protected override readonly upStatements = [
    `alter table outbox_event
  add column lease_id uuid,
  add column leased_until timestamptz,
  add column set_aside_at timestamptz,
  add constraint outbox_event_lease_check check ((lease_id is null) = (leased_until is null)),
  add constraint outbox_event_leased_check check (lease_id is null or published_at is null and set_aside_at is null)`,
    `comment on column outbox_event.attempts is 'How often its delivery was begun.'`,
    `comment on column outbox_event.lease_id is 'Of the batch with which a relay delivers it.'`,
    `comment on column outbox_event.leased_until is 'Until then no other relay takes it.'`,
    `comment on column outbox_event.set_aside_at is
  'Since then no relay tries it, and it holds up its aggregate. With published_at: it was skipped.'`,
    `create index outbox_event_set_aside_index on outbox_event (id)
  where set_aside_at is not null and published_at is null`,
  ];

  protected override readonly downStatements = [
    `drop index outbox_event_set_aside_index`,
    `comment on column outbox_event.attempts is null`,
    `alter table outbox_event drop column set_aside_at, drop column leased_until, drop column lease_id`,
  ];
}
