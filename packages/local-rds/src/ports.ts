import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Whether nothing listens on `port` of the loopback interface. */
export async function isPortFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * A free port between 20000 and 29999: below the range that Linux and macOS take outgoing ports from, so that it
 * is likely to be free after a reboot too.
 */
export async function findFreePort(taken: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
}
