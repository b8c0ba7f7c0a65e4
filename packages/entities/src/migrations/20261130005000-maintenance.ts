import { SqlMigration } from './sql-migration.ts';

/** What keeps the tables small has run, and when; and the rights to remove what is old. */
export class Maintenance extends SqlMigration {
  protected override readonly upStatements = [
    `create table maintenance_run (
  task           text         not null,
  interval_ms    bigint       not null,
  started_at     timestamptz  not null,
  finished_at    timestamptz,
  affected       bigint       not null,
  error          text,
  removed_before timestamptz,
  constraint maintenance_run_pkey primary key (task),
  constraint maintenance_run_length_check check (length(task) <= 200 and length(error) <= 2000),
  constraint maintenance_run_interval_ms_check check (interval_ms > 0),
  constraint maintenance_run_affected_check check (affected >= 0)
)`,
    `comment on table maintenance_run is 'One row for each task of maintain(): when it ran last.'`,
    `comment on column maintenance_run.interval_ms is 'How often it is to run.'`,
    `comment on column maintenance_run.finished_at is 'When it succeeded last; null: never.'`,
    `comment on column maintenance_run.error is 'Why the last run failed; null: it succeeded.'`,
    `comment on column maintenance_run.removed_before is 'Rows that ended before then may have been removed.'`,
    // Default privileges grant more.
    `revoke all on maintenance_run from shop_app`,
    `grant select, insert on maintenance_run to shop_app`,
    `grant update (interval_ms, started_at, finished_at, affected, error, removed_before) on maintenance_run
  to shop_app`,

    `grant delete on cart, outbox_event to shop_app`,
    `create function keep_unpublished_event() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'The event % is not published', old.id
    using errcode = 'restrict_violation', table = tg_table_name, constraint = 'outbox_event_unpublished',
          hint = 'Let a relay publish it, or call skipEvent().';
end $$`,
    `create trigger outbox_event_unpublished before delete on outbox_event
  for each row when (old.published_at is null) execute function keep_unpublished_event()`,

    // A cart that is removed is looked up as the one that others were merged into.
    `create index concurrently cart_merged_into_id_index on cart (merged_into_id) where merged_into_id is not null`,
    `comment on constraint cart_merged_into_id_foreign on cart is null`,
  ];

  protected override readonly downStatements = [
    `comment on constraint cart_merged_into_id_foreign on cart is
  'No index: a merge would not be a HOT update.'`,
    `drop index cart_merged_into_id_index`,
    `drop trigger outbox_event_unpublished on outbox_event`,
    `drop function keep_unpublished_event()`,
    `revoke delete on cart, outbox_event from shop_app`,
    `drop table maintenance_run`,
  ];
}
