/** A standby as `pg_stat_replication` shows it. */
export interface StandbyState {
  name: string;
  /** What it has replayed, in bytes of WAL. */
  replayed: number;
  /** `replay_lag`, in ms; undefined when the server has none. */
  replayLagMs: number | undefined;
}

/** How long samples are kept, in ms: a lag is known up to this. */
const memoryMs = 600_000;
const maxSamples = 10_000;

/**
 * How far standbys are behind. The server's own figure stands still while a standby replays nothing, as after
 * `pg_wal_replay_pause()`: so it is also measured how old the first position is that a standby has not replayed.
 */
export class ReplicaLag {
  #samples: { written: number; atMs: number }[] = [];

  /**
   * @param written by the writer, in bytes of WAL
   * @returns the standby that is furthest behind, and how far, in ms; undefined without standbys
   */
  sample(
    written: number,
    standbys: readonly StandbyState[],
    nowMs: number,
  ): { name: string; lagMs: number } | undefined {
    const least = Math.min(...standbys.map(({ replayed }) => replayed));
    this.#samples = this.#samples.filter(({ written, atMs }) => written > least && atMs > nowMs - memoryMs);
    if (this.#samples.length < maxSamples && this.#samples.at(-1)?.written !== written) {
      this.#samples.push({ written, atMs: nowMs });
    }
    const lags = standbys.map(({ name, replayed, replayLagMs }) => {
      const first = this.#samples.find((each) => each.written > replayed);
      return { name, lagMs: Math.max(replayLagMs ?? 0, first === undefined ? 0 : nowMs - first.atMs) };
    });
    return lags.toSorted((a, b) => b.lagMs - a.lagMs)[0];
  }
}
