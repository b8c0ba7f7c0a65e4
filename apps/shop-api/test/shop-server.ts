import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ormOptions } from '@ecommerce-dms/entities';
import { importCatalog, readCatalog, sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { ownerRole, provisionRoles } from '@ecommerce-dms/entities/roles';
import { MikroORM } from '@mikro-orm/postgresql';

export const adminToken = 'a-token-of-the-test';

/** The URL with the role in which its sessions begin. */
export function urlAs(url: string, role: string): string {
  const session = new URL(url);
  session.searchParams.set('options', `-c role=${role}`);
  return session.href;
}

/** A shop with a catalog of 61 products, for `createTestDatabase`. */
export const catalogTemplate = {
  name: 'shop_api',
  async prepare(url: string): Promise<void> {
    await provisionRoles({ adminUrl: url });
    const orm = await MikroORM.init({
      ...ormOptions({ url: urlAs(url, ownerRole) }),
      logger: () => undefined,
    });
    await orm.migrator.up();
    await orm.close();
    await importCatalog(urlAs(url, 'shop_app'), await readCatalog(sampleCatalogPath, { currency: 'USD' }));
  },
};

/** The server as a process of its own, which can be killed and started again on the same port. */
export class ShopServer {
  readonly url: string;
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;

  constructor(port: number, environment: NodeJS.ProcessEnv) {
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = { ...process.env, ...environment, PORT: String(port), ADMIN_TOKEN: adminToken };
  }

  async start(): Promise<void> {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    const listening = once(createInterface({ input: child.stdout }), 'line');
    const ended = once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the server ended: ${code}`)),
    );
    await Promise.race([listening, ended]);
    ended.catch(() => undefined);
  }

  /** Ends it within any statement. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }
}

/** Runs the worker until it has published an event of `topic`, then tells it to end; returns its exit code. */
export async function runWorkerUntil(topic: string, environment: NodeJS.ProcessEnv): Promise<number | null> {
  const main = fileURLToPath(new URL('../src/worker-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...environment, ADMIN_TOKEN: adminToken },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    // Once: a second signal would end it at once.
    if (line.includes(` ${topic} `) && !child.killed) child.kill('SIGTERM');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** A client that keeps its cookies. */
export class ShopClient {
  readonly #url: string;
  #cookie = '';

  constructor(url: string) {
    this.#url = url;
  }

  /** What is answered; the connection may be lost. */
  async send(
    path: string,
    { body, key, headers = {} }: { body?: object; key?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; json: Record<string, unknown> }> {
    const response = await fetch(`${this.#url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: this.#cookie,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie;
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }

  /** Sent again with the same key, until there is an answer that repeating does not change. */
  async repeat(path: string, request: { body: object; key: string; headers?: Record<string, string> }) {
    // A server that is started again takes some seconds where the machine is busy.
    const deadline = performance.now() + 90_000;
    for (;;) {
      const answer = await this.send(path, request).catch(() => undefined);
      if (answer !== undefined && answer.status !== 503) return answer;
      if (performance.now() > deadline) throw new Error(`no answer from ${path}`);
      await setTimeout(25);
    }
  }
}
