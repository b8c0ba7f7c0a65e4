import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingsFaults } from '../settings-faults.ts';
import { auroraSettings } from './cluster-settings.ts';
import { auroraFaults, completeAurora, serverlessConnections } from './aurora-capacity.ts';
import type { AuroraClusterProps } from './complete-cluster.ts';

type Capacity = Pick<
  AuroraClusterProps,
  'instanceClass' | 'serverless' | 'readers' | 'readerScaling' | 'maxConnections'
>;

const site = {
  mode: 'aurora',
  name: 'shop',
  databaseName: 'shop',
  network: { vpcId: 'vpc-1', databaseSubnetIds: [] },
  encryption: { keyArn: 'arn' },
} as const;

function faults(capacity: Capacity): string[] {
  const complete = { ...completeAurora({ ...site, ...capacity }), serverless: capacity.serverless };
  return [
    ...settingsFaults(auroraSettings, capacity),
    ...auroraFaults(complete, 'eu-west-1').filter((fault) => typeof fault === 'string'),
  ];
}

test.each<{ capacity: Capacity; message: RegExp }>([
  { capacity: {}, message: /either instanceClass or serverless/ },
  {
    capacity: { instanceClass: 'db.m7g.large' },
    message: /not offered for Aurora PostgreSQL in eu-west-1; use one with a similar name: db\.r7g\.large/,
  },
  {
    capacity: { instanceClass: 'db.r7g.lrage' },
    message: /does not exist .*; use one with a similar name: db\.r7g\.large/,
  },
  { capacity: { instanceClass: 'db.serverless' }, message: /set serverless/ },
  { capacity: { instanceClass: 'db.t4g.small' }, message: /not offered for Aurora PostgreSQL/ },
  { capacity: { instanceClass: 'db.r7g.large', maxConnections: 1803 }, message: /6 to 1802/ },
  {
    capacity: { instanceClass: 'db.r7g.large', serverless: { minAcu: 1, maxAcu: 2 } },
    message: /exclude each other/,
  },
  { capacity: { serverless: { minAcu: 4, maxAcu: 2 } }, message: /above serverless.maxAcu/ },
  { capacity: { serverless: { minAcu: 0.5, maxAcu: 0.5 } }, message: /1 to 256/ },
  { capacity: { serverless: { minAcu: 0.3, maxAcu: 2 } }, message: /0 to 256 in halves/ },
  { capacity: { serverless: { minAcu: 1, maxAcu: 2, pauseAfterSeconds: 300 } }, message: /minAcu 0 alone/ },
  { capacity: { serverless: { minAcu: 0, maxAcu: 2, pauseAfterSeconds: 299 } }, message: /300 to 86400/ },
  { capacity: { serverless: { minAcu: 0, maxAcu: 2 }, maxConnections: 451 }, message: /6 to 450/ },
  { capacity: { instanceClass: 'db.r7g.large', readers: 16 }, message: /0 to 15/ },
  {
    capacity: { instanceClass: 'db.r7g.large', readers: 0, readerScaling: { maxReaders: 2 } },
    message: /there is none/,
  },
  {
    capacity: { instanceClass: 'db.r7g.large', readers: 2, readerScaling: { maxReaders: 2 } },
    message: /more than readers/,
  },
  {
    capacity: { instanceClass: 'db.r7g.large', readerScaling: { maxReaders: 3, target: 101 } },
    message: /a percentage/,
  },
])('$capacity is refused: $message', ({ capacity, message }) => {
  expect(faults(capacity).join('\n')).toMatch(message);
});

test('every capacity in halves with 1 to 256 ACU at the most passes', () => {
  const halves = (min: number) => fc.integer({ min: min * 2, max: 512 }).map((half) => half / 2);
  fc.assert(
    fc.property(halves(0), halves(1), (one, other) => {
      const serverless = { minAcu: Math.min(one, other), maxAcu: Math.max(one, other) };
      expect(faults({ serverless })).toEqual([]);
      const connections = serverlessConnections(serverless);
      expect(connections).toBeGreaterThanOrEqual(225);
      expect(connections).toBeLessThanOrEqual(serverless.minAcu < 1 ? 2000 : 5000);
    }),
  );
});

test('scaling by connections aims at 70 % of what a reader takes', () => {
  const readerScaling = { maxReaders: 3, metric: 'connections' } as const;
  const target = (capacity: Capacity) =>
    completeAurora({ ...site, ...capacity, readerScaling }).readerScaling?.target;
  expect(target({ instanceClass: 'db.r7g.large' })).toBe(1120);
  expect(target({ serverless: { minAcu: 1, maxAcu: 2 } })).toBe(315);
});
