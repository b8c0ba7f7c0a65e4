import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { failure, openDatabase } from '../test/fixtures.ts';
import { runSettings } from './options.ts';
import { RunLock } from './run-lock.ts';

test('a server that does not answer any more is one whose lock is lost', async () => {
  const { url } = await openDatabase();
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(url).port), '127.0.0.1');
    upstream.on('data', (data) => {
      if (!isSilent) client.write(data);
    });
    client.on('data', (data) => upstream.write(data));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const connectionString = Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href;
  await using lock = new RunLock({ connectionString, query_timeout: 1000 }, 1);
  await lock.acquire(runSettings({}));
  await lock.assertHeld();
  isSilent = true;
  expect((await failure(lock.assertHeld())).code).toBe('migration-lock-lost');
});
