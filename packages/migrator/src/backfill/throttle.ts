import { setTimeout as delay } from 'node:timers/promises';
import { seconds } from '../locks/blockers.ts';
import { conflictingLocks } from '../locks/lock-mode.ts';
import type { BackfillSettings } from './options.ts';
import { ReplicaLag } from './replica-lag.ts';
import type { BackfillSession } from './session.ts';
import type { Target } from './target.ts';

/** Looking costs about a millisecond: no more than a small part of the time. */
const lookIntervalMs = 200;
const waitMs = 100;

/**
 * Makes a backfill wait, between batches, while the database has something better to do: standbys are too far behind, too
 * many sessions are active, or somebody waits for a lock on the table that the batches would keep away.
 */
export class Throttle {
  readonly #session: BackfillSession;
  readonly #target: Target;
  readonly #settings: BackfillSettings;
  readonly #lag = new ReplicaLag();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #hasToldRights = false;

  constructor(session: BackfillSession, target: Target, settings: BackfillSettings) {
    this.#session = session;
    this.#target = target;
    this.#settings = settings;
  }

  /**
   * Waits until nothing speaks against the next batch, or the signal aborts.
   *
   * @param told called with the reason, as often as it is looked at
   * @returns how long it has waited, in ms
   */
  async wait(told: (reason: string) => void): Promise<number> {
    const startMs = performance.now();
    if (startMs - this.#lookedMs < lookIntervalMs) return 0;
    for (;;) {
      const reason = await this.#reason();
      this.#lookedMs = performance.now();
      if (reason === undefined || this.#settings.signal?.aborted === true) break;
      told(reason);
      await delay(waitMs);
    }
    return performance.now() - startMs;
  }

  async #reason(): Promise<string | undefined> {
    const { maxLagMs, maxActive } = this.#settings;
    const [row] = await this.#session.run(stateSql, [this.#target.oids, conflictingLocks('row exclusive')]);
    if (row === undefined) return undefined;
    this.#tellRights(row);
    if (row['is_awaited'] === true) return `others wait for a lock on ${this.#target.table}`;
    const standbys = (row['standbys'] as { name: string; replayed: number; lag: number | null }[]).map(
      ({ name, replayed, lag }) => ({ name, replayed, replayLagMs: lag ?? undefined }),
    );
    const furthest = this.#lag.sample(Number(row['written']), standbys, performance.now());
    if (maxLagMs > 0 && furthest !== undefined && furthest.lagMs > maxLagMs) {
      return `the standby ${furthest.name} is ${seconds(furthest.lagMs)} behind, more than ${seconds(maxLagMs)}`;
    }
    const limit = maxActive ?? Math.ceil(Number(row['max_connections']) / 2);
    const active = Number(row['active']);
    return limit > 0 && active > limit ? `${active} sessions are active, more than ${limit}` : undefined;
  }

  #tellRights(row: Record<string, unknown>): void {
    if (this.#hasToldRights || row['may_see'] === true) return;
    this.#hasToldRights = true;
    const user = String(row['user_name']);
    this.#settings.onProgress(
      `The lag of standbys and the sessions of others are not watched: ${user} may not see them. To allow that: grant pg_read_all_stats to ${user};`,
    );
  }
}

const stateSql = `
select exists (select from pg_locks where locktype = 'relation' and not granted and mode = any($2::text[])
    and relation = any($1::int8[]) and database = (select oid from pg_database where datname = current_database())) as is_awaited,
  pg_has_role('pg_read_all_stats', 'usage') as may_see, quote_ident(current_user) as user_name,
  current_setting('max_connections') as max_connections,
  (select count(*) from pg_stat_activity where state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid()) as active,
  case when pg_is_in_recovery() then 0 else pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 end as written,
  coalesce((select json_agg(json_build_object('name', application_name, 'replayed', pg_wal_lsn_diff(replay_lsn, '0/0')::float8,
      'lag', extract(epoch from replay_lag) * 1000)) from pg_stat_replication where replay_lsn is not null), '[]') as standbys`;
