import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '@ecommerce-dms/errors';
import type { TaskRun } from '../maintenance/operations/maintain.ts';

/** What `/healthz` and `/readyz` answer. */
export interface WorkerStatus {
  role: 'leader' | 'standby' | 'connecting';
  /** Of the leader: the id of its time as one. */
  term: string | null;
  /** Whether the database has answered of late. */
  isReady: boolean;
  /** For how long the oldest event that is to be published has waited, in ms; null when the database did not say. */
  lagMs: number | null;
  /** The tasks whose last run here failed. */
  failing: string[];
}

/** The state of a worker, as it tells it to others. */
export class WorkerHealth {
  readonly #maxAgeMs: number;
  #role: WorkerStatus['role'] = 'connecting';
  #term: string | null = null;
  #seen: { at: number; lagMs: number } | undefined;
  #failing = new Set<string>();
  #hasMaintained = false;

  /** @param maxAgeMs after which time an answer of the database does not count */
  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
  }

  lead(term: string): void {
    this.#role = 'leader';
    this.#term = term;
  }

  standBy(): void {
    this.#role = 'standby';
    this.#term = null;
  }

  disconnect(): void {
    this.#role = 'connecting';
    this.#term = null;
    this.#seen = undefined;
  }

  /** The database has answered. */
  seen(lagMs: number): void {
    this.#seen = { at: performance.now(), lagMs };
  }

  maintained(runs: readonly TaskRun[]): void {
    this.#hasMaintained = true;
    for (const { task, error } of runs) {
      if (error === undefined) this.#failing.delete(task);
      else this.#failing.add(task);
    }
  }

  /** Whether it has maintained, and no task failed when it ran last. */
  get isUpToDate(): boolean {
    return this.#hasMaintained && this.#failing.size === 0;
  }

  status(): WorkerStatus {
    const seen = this.#seen;
    const isReady = seen !== undefined && performance.now() - seen.at <= this.#maxAgeMs;
    return {
      role: this.#role,
      term: this.#term,
      isReady,
      lagMs: isReady ? Math.round(seen.lagMs) : null,
      failing: [...this.#failing],
    };
  }
}

/**
 * Answers on `/healthz` with 200 as long as the process works, with or without a database, and on `/readyz` with 200
 * when the database has answered of late, else 503.
 *
 * @throws UserError `port-in-use`
 */
export async function serveHealth(
  health: WorkerHealth,
  { port, host }: { port: number; host: string },
): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((request, response) => {
    const status = health.status();
    const code = { '/healthz': 200, '/readyz': status.isReady ? 200 : 503 }[request.url ?? ''];
    response.writeHead(code ?? 404, { 'content-type': 'application/json' });
    response.end(code === undefined ? '{}' : JSON.stringify(status));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new UserError('port-in-use', `Port ${port} of ${host} is in use.`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
