import { setTimeout as delay } from 'node:timers/promises';
import { serverOf, writerOf, type ClusterContext } from './cluster-context.ts';
import { startServer, type Server } from './server.ts';
import { readPostmaster, type Postmaster } from './postmaster-file.ts';
import { explainLostSession } from './server-log.ts';
import { stopServer } from './stop-server.ts';

/** What a call that changes a cluster may be given. */
export interface OperationOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** How long a server that was just started may take to stop again. */
const graceMs = 3000;

/** One call that changes a cluster: what may interrupt it, who hears of its progress, and what it has started. */
export class Operation {
  readonly context: ClusterContext;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (message: string) => void;
  #started: Server[] = [];

  constructor(context: ClusterContext, options: OperationOptions) {
    this.context = context;
    this.signal = options.signal;
    this.onProgress = options.onProgress ?? (() => {});
  }

  /**
   * Starts the server unless it runs on its port, and restarts it when it runs on another or was moved.
   * {@link undo} stops it again.
   *
   * @param message for the progress, when it has to be started
   */
  async ensureRunning(server: Server, message: string, options: { timeoutMs?: number } = {}): Promise<void> {
    const running = await this.#settled(server, options.timeoutMs);
    if (running?.port === server.port && !running.isDisplaced) return;
    if (running) await stopServer(server);
    this.onProgress(message);
    this.#started.push(server);
    await startServer(server, { signal: this.signal, ...options });
  }

  /** The server that runs, once it is neither starting (a killed call left it so) nor stopping. */
  async #settled(server: Server, timeoutMs = Infinity): Promise<Postmaster | undefined> {
    for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await delay(10)) {
      this.signal?.throwIfAborted();
      const postmaster = await readPostmaster(server.data);
      if (postmaster?.status !== 'starting' && postmaster?.status !== 'stopping') return postmaster;
    }
    await stopServer(server, graceMs);
    return undefined;
  }

  /** What this call has started until now stays, whatever happens to the rest. */
  keepStarted(): void {
    this.#started = [];
  }

  /** After a failure or an interruption: stops the servers that this call started, and no other. */
  async undo(): Promise<void> {
    for (const server of this.#started) await stopServer(server, graceMs);
  }
}

/** Runs `work`; when it fails or is interrupted, what it started is stopped. */
export async function runOperation<Result>(
  context: ClusterContext,
  options: OperationOptions,
  work: (operation: Operation) => Promise<Result>,
): Promise<Result> {
  const operation = new Operation(context, options);
  try {
    return await work(operation);
  } catch (error) {
    await operation.undo();
    throw await explainLostSession(error, serverOf(context, writerOf(context)).log);
  }
}
