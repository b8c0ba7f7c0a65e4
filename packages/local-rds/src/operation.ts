import { serverOf, writerOf, type ClusterContext } from './cluster-context.ts';
import { startServer, type Server } from './server.ts';
import { explainLostSession } from './server-log.ts';
import { stopServer } from './stop-server.ts';

/** What a call that changes a cluster may be given. */
export interface OperationOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** How long a server that was just started may take to stop again. */
const graceMs = 3000;

/** One call that changes a cluster: what it may be interrupted by, whom it tells, and what it has started. */
export class Operation {
  readonly context: ClusterContext;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (message: string) => void;
  readonly #started: Server[] = [];

  constructor(context: ClusterContext, options: OperationOptions) {
    this.context = context;
    this.signal = options.signal;
    this.onProgress = options.onProgress ?? (() => {});
  }

  /** Starts a server that {@link undo} stops again. */
  async start(server: Server, options: { timeoutMs?: number } = {}): Promise<void> {
    this.#started.push(server);
    await startServer(server, { signal: this.signal, ...options });
  }

  /** After a failure or an interruption: stops the servers that this call started, and no other. */
  async undo(): Promise<void> {
    for (const server of this.#started) await stopServer(server, graceMs);
  }
}

/** Runs `work`; when it fails or is interrupted, what it started is stopped. */
export async function runOperation(
  context: ClusterContext,
  options: OperationOptions,
  work: (operation: Operation) => Promise<void>,
): Promise<void> {
  const operation = new Operation(context, options);
  try {
    await work(operation);
  } catch (error) {
    await operation.undo();
    throw await explainLostSession(error, serverOf(context, writerOf(context)).log);
  }
}
