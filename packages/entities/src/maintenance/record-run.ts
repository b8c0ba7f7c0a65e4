import { float8, int8, int8Array, nullable, text, textArray } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';

/** Records a run that has just ended, with its `error` where it failed. */
export const recordRun = statement({
  params: { task: text, intervalMs: int8, tookMs: float8, affected: int8, error: nullable(text) },
  sql: `insert into maintenance_run (task, interval_ms, started_at, finished_at, affected, error)
    values (:task, :intervalMs, clock_timestamp() - make_interval(secs => :tookMs::float8 / 1000),
      case when :error::text is null then clock_timestamp() end, :affected, :error)
    on conflict (task) do update set interval_ms = excluded.interval_ms, started_at = excluded.started_at,
      finished_at = coalesce(excluded.finished_at, maintenance_run.finished_at),
      affected = excluded.affected, error = excluded.error`,
});

/**
 * Those of the tasks whose last run began at least their interval ago, or later than now: by the clock of a server that
 * was the writer before, or before a step back.
 */
export const dueTasks = statement({
  params: { tasks: textArray, intervalsMs: int8Array },
  row: { task: text },
  sql: `select due.task from unnest(:tasks::text[], :intervalsMs::bigint[]) as due (task, interval_ms)
    left join maintenance_run run on run.task = due.task
    where due.task is not null and (run.task is null or run.started_at > clock_timestamp()
      or run.started_at <= clock_timestamp() - make_interval(secs => due.interval_ms / 1000.0))`,
});
