import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findRemnants } from './find-remnants.ts';

let server: Server;
beforeEach(async () => {
  // An account that lets us look at nothing.
  server = createServer((_, response) =>
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"__type":"AccessDeniedException"}'),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
});

test('where nothing may be looked at, nothing is proven: each kind is named with the reason', async () => {
  const report = await findRemnants({ stack: 'shop-test', regions: ['eu-west-1', 'eu-central-1'] });
  expect(report).toMatchObject({ charged: [], kept: [], free: [] });
  const kinds = (region: string) =>
    report.notChecked.filter((unknown) => unknown.region === region).map(({ what }) => what);
  expect(kinds('eu-west-1').toSorted()).toEqual([...report.checked].toSorted());
  expect(kinds('eu-central-1').toSorted()).toEqual([...report.checked].toSorted());
  expect(report.notChecked.every(({ why }) => why.length > 0)).toBe(true);
});
