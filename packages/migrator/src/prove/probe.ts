import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { MigrationPlan } from '../plan-migration.ts';
import { withClient } from '../with-client.ts';
import { type ProbeKind, probeKinds, probesOf } from './probe-statements.ts';
import { applyThrough, type Subject } from './run-migrations.ts';
import { StatementCursor } from './statement-cursor.ts';
import type { WireObserver } from './wire-proxy.ts';

/** The longest that a query of each kind waited for the migration, in ms; 0 when none did. */
export type Waits = Record<ProbeKind, number>;

/** What other sessions met while the migration ran. */
export interface ProbeResult {
  /** By the name of the migration and the index of the statement, such as `M1 0`: during it, or after it until the next one. */
  waits: ReadonlyMap<string, Waits>;
  probed: string[];
  /** Touched tables beyond the limit, and what takes no rows, such as views. */
  unprobed: string[];
  /** How many queries the probes ran. */
  queries: number;
  /** What failed, once for each statement of a probe. */
  errors: string[];
}

/** Each table takes three sessions. */
const maxTables = 5;

/** Runs the migration while sessions read, insert into and update its tables without a pause. */
export async function probe(
  subject: Subject,
  plans: readonly MigrationPlan[],
  database: ClientConfig,
  tables: readonly string[],
): Promise<ProbeResult> {
  return withClient(database, async (monitor) => {
    const probes = (await probesOf(monitor, tables)).slice(0, maxTables);
    const cursor = new StatementCursor(plans);
    const waits = new Map<string, Waits>();
    let position: string | undefined;
    /** The backends of the run: any of them may block. */
    const backends = new Set<number>();
    const observer: WireObserver = {
      before: async ({ sql, pid }) => {
        backends.add(pid);
        const current = cursor.meet(sql);
        if (current !== undefined) position = `${current.plan.name} ${current.index}`;
      },
    };
    const sessions = probes.flatMap(({ sql }) =>
      probeKinds.map((kind) => new ProbeSession(database, kind, sql[kind])),
    );
    await Promise.all(sessions.map((session) => session.open()));
    const over = new AbortController();
    const running = sessions.map((session) => session.run(over.signal));
    const watching = watch();
    let error: unknown;
    try {
      error = await applyThrough(subject, database, () => observer);
    } finally {
      over.abort();
      await Promise.all([...running, watching]);
      await Promise.all(sessions.map((session) => session.close()));
    }
    if (error !== undefined) throw error;
    return {
      waits,
      probed: probes.map(({ table }) => table),
      unprobed: tables.filter((table) => !probes.some((each) => each.table === table)),
      queries: sessions.reduce((sum, { queries }) => sum + queries, 0),
      errors: [...new Set(sessions.flatMap(({ error: failed }) => failed ?? []))],
    };

    async function watch(): Promise<void> {
      while (!over.signal.aborted) {
        const { rows } = await monitor.query<{ pid: number }>(
          `select p.pid from unnest($1::int[]) as p (pid) where pg_blocking_pids(p.pid) && $2::int[]`,
          [sessions.map(({ pid }) => pid), [...backends]],
        );
        const at = position;
        if (at !== undefined) {
          for (const { pid } of rows)
            sessions.find((each) => each.pid === pid)?.isBlocked((kind, ms) => note(at, kind, ms));
        }
        await delay(2);
      }
    }

    function note(at: string, kind: ProbeKind, ms: number): void {
      const known = waits.get(at) ?? { read: 0, insert: 0, update: 0 };
      waits.set(at, { ...known, [kind]: Math.max(known[kind], Math.round(ms)) });
    }
  });
}

/** A session that runs one statement again and again. */
class ProbeSession {
  readonly kind: ProbeKind;
  readonly #client: Client;
  readonly #sql: string;
  pid = 0;
  queries = 0;
  error: string | undefined;
  #startedMs = 0;
  /** Told how long the query took that waits now. */
  #note: ((kind: ProbeKind, ms: number) => void) | undefined;

  constructor(database: ClientConfig, kind: ProbeKind, sql: string) {
    this.kind = kind;
    this.#sql = sql;
    this.#client = new Client(database);
    this.#client.on('error', () => {});
  }

  async open(): Promise<void> {
    await this.#client.connect();
    this.pid =
      (await this.#client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#startedMs = performance.now();
      try {
        await this.#client.query(this.#sql);
      } catch (error) {
        // The next query may fail in the same way: said once.
        this.error ??= `${this.kind} fails: ${(error as Error).message} (${this.#sql})`;
        await delay(5);
      }
      this.queries += 1;
      this.#note?.(this.kind, performance.now() - this.#startedMs);
      this.#note = undefined;
    }
  }

  /** The query that runs now has been seen waiting for the migration; the first to say so is told how long it took. */
  isBlocked(note: (kind: ProbeKind, ms: number) => void): void {
    this.#note ??= note;
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
