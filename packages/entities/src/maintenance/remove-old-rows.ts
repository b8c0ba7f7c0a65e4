import { bool, float8, int4, int8, nullable, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import { taskIntervalsMs } from './maintenance-tasks.ts';

// By ctid: whatever the planner thinks of the size of a page, no table is read from end to end.

/** How many rows a page looks at for each that a batch may remove: most of them stay. */
export const rowsLookedAt = 10;

/**
 * Removes the published events of a page that are older than `keepMs`, and notes before when events may be missing, for
 * the check that misses them. A page that began after that is the last one: ids grow with time.
 */
export const removePublishedEvents = statement({
  params: { after: int8, pageSize: int8, keepMs: float8 },
  row: { removed: int4, last: nullable(int8), isLast: bool },
  sql: `with limits as (select now() - make_interval(secs => :keepMs::float8 / 1000) as removed_before),
    page as materialized (
      select id, created_at, published_at from outbox_event where id > :after order by id limit :pageSize),
    due as materialized (
      select event.ctid from page cross join limits cross join lateral (
        select ctid from outbox_event where id = page.id and published_at is not null for update skip locked) event
      where page.published_at < removed_before),
    noted as (
      insert into maintenance_run (task, interval_ms, started_at, affected, removed_before)
      select 'published-events', ${taskIntervalsMs['published-events']}, now(), 0, removed_before from limits where exists (select from due)
      on conflict (task) do update
        set removed_before = greatest(maintenance_run.removed_before, excluded.removed_before)),
    removed as (delete from outbox_event where ctid = any (array(select ctid from due)) returning id)
    select (select count(*)::integer from removed) as removed, (select max(id) from page) as last,
      coalesce((select max(created_at) from page) >= (select removed_before from limits), true) as "isLast"`,
});

/** Removes the carts of a page that are over, no order's, and expired `keepMs` ago. */
export const removeOldCarts = statement({
  params: { after: uuid, pageSize: int8, keepMs: float8 },
  row: { removed: int4, last: nullable(uuid), isLast: bool },
  sql: `with page as materialized (
      select id, status, expires_at from cart where id > :after order by id limit :pageSize),
    due as materialized (
      select old.ctid from page cross join lateral (
        select ctid from cart where id = page.id and status in ('expired', 'merged') for update skip locked) old
      where page.status in ('expired', 'merged')
        and page.expires_at < now() - make_interval(secs => :keepMs::float8 / 1000)
        and not exists (select from cart merged where merged.merged_into_id = page.id)),
    removed as (delete from cart where ctid = any (array(select ctid from due)) returning id)
    select (select count(*)::integer from removed) as removed,
      (select id from page order by id desc limit 1) as last,
      (select count(*) from page) < :pageSize as "isLast"`,
});
