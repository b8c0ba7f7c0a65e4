import { standbysOf, writerOf, type ClusterContext } from './cluster-context.ts';
import { createDatabase } from './create-database.ts';
import { failover, type FailoverOptions, type FailoverResult } from './failover.ts';
import { superuser } from './initialize.ts';
import { stopContext } from './stop-cluster.ts';

/** A node, as callers see it. */
export interface Node {
  name: string;
  port: number;
}

/** Who connects, and to what. */
export interface UrlOptions {
  user: string;
  password: string;
  /** Default: `postgres`. */
  database?: string;
}

/** A cluster: a writer and its hot standbys. */
export class Cluster implements AsyncDisposable {
  readonly #context: ClusterContext;

  /** Made by `startCluster` and `openCluster`. */
  constructor(context: ClusterContext) {
    this.#context = context;
  }

  /** Absolute path of its folder. */
  get directory(): string {
    return this.#context.directory;
  }

  get writer(): Node {
    return toNode(writerOf(this.#context));
  }

  get standbys(): Node[] {
    return standbysOf(this.#context).map(toNode);
  }

  /** Superuser URL of the writer, database `postgres`. It holds a password: not for logs. */
  get adminUrl(): string {
    return this.url({ user: superuser, password: this.#context.file.superuserPassword });
  }

  /** URL of the writer. It stays the same through a failover. */
  url(options: UrlOptions): string {
    return urlOf(this.writer.port, options);
  }

  /** URL of the first standby; of the writer when there is none. It stays the same through a failover. */
  readerUrl(options: UrlOptions): string {
    return urlOf((this.standbys[0] ?? this.writer).port, options);
  }

  /**
   * Creates a database unless it exists. As any commit, it waits for a standby where commits do.
   *
   * @param options.owner must be a role; default: the superuser
   * @param options.signal ends the wait: the reason is thrown, and the database may be there or not
   */
  async createDatabase(
    name: string,
    options: { owner?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    await createDatabase(this.#context, name, options);
  }

  /**
   * Makes the most advanced intact standby the writer, and the old writer a standby; the old writer may be dead.
   * No commit is lost that has waited for a standby, and none of a living writer's. An interrupted failover is finished
   * by `startCluster`.
   *
   * @throws UserError `standby-unavailable`: no standby is intact.
   * @throws UserError `failover-refused`: the old writer has WAL that the standby has not, and its commits may have been
   *   acknowledged before a standby had them.
   * @throws UserError `invalid-settings`: `acceptLossBytes` is not a number from 0 on.
   * @throws UserError those of `startCluster` for servers that fail.
   */
  async failover(options: FailoverOptions = {}): Promise<FailoverResult> {
    return await failover(this.#context, options);
  }

  /** Stops all servers; the data stays. */
  async stop(): Promise<void> {
    await stopContext(this.#context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function toNode({ name, port }: Node): Node {
  return { name, port };
}

function urlOf(port: number, { user, password, database = 'postgres' }: UrlOptions): string {
  const [encodedUser, encodedPassword, path] = [user, password, database].map(encodeURIComponent);
  return `postgres://${encodedUser}:${encodedPassword}@127.0.0.1:${port}/${path}`;
}
