import { expect, test } from 'vitest';
import type { Engine } from './class-table.ts';
import { engineVersions } from './engine-versions.ts';
import { classesOf, regions } from './offers.ts';

const engines: Engine[] = ['postgres', 'postgres-cluster', 'aurora-postgresql'];

test('regions have their names', () => {
  expect(regions.size).toBeGreaterThanOrEqual(38);
  expect(regions.get('eu-west-1')).toBe('Europe (Ireland)');
  for (const [name, description] of regions) {
    expect(name).toMatch(/^[a-z]{2}(-[a-z]+)+-\d$/);
    expect(description).not.toBe(name);
  }
});

test('every region has current classes of RDS and of Aurora', () => {
  for (const region of regions.keys()) {
    expect(classesOf({ engine: 'postgres', region }), region).toContain('db.t3.micro');
    expect(classesOf({ engine: 'postgres', region }).length, region).toBeGreaterThan(50);
    expect(classesOf({ engine: 'aurora-postgresql', region }).length, region).toBeGreaterThan(10);
  }
});

test('a region has no class that the engine has nowhere', () => {
  for (const engine of engines) {
    const anywhere = new Set(classesOf({ engine }));
    const together = [...regions.keys()].flatMap((region) => classesOf({ engine, region }));
    expect(new Set(together)).toEqual(anywhere);
  }
});

test('engines differ: clusters need a local SSD, Aurora has serverless', () => {
  const cluster = classesOf({ engine: 'postgres-cluster' });
  expect(cluster.filter((name) => !/^db\.[a-z]\d+[a-z]*d[a-z]*\./.test(name))).toEqual([]);
  expect(classesOf({ engine: 'aurora-postgresql' })).toContain('db.serverless');
  expect(classesOf({ engine: 'postgres' })).not.toContain('db.serverless');
  expect(classesOf({ engine: 'postgres' })).toEqual(
    expect.arrayContaining(['db.m6i.large', 'db.m8g.large', 'db.r8g.large', 'db.t4g.micro']),
  );
});

test('regions differ, and one that is newer than the table has what exists', () => {
  expect(classesOf({ region: 'eu-west-1' })).toContain('db.x2g.large');
  expect(classesOf({ region: 'af-south-1' })).not.toContain('db.x2g.large');
  expect(classesOf({ engine: 'postgres-cluster', region: 'mx-central-1' })).toEqual([]);
  expect(classesOf({ region: 'eu-nowhere-1' })).toEqual(classesOf());
});

test('versions are minor versions in order, and none is both offered and deprecated', () => {
  for (const engine of engines) {
    const { offered, deprecated } = engineVersions(engine);
    expect(offered.filter((version) => !/^\d+\.\d+(-[a-z0-9.]+)?$/.test(version))).toEqual([]);
    expect(offered.filter((version) => deprecated.includes(version))).toEqual([]);
    expect(offered.map((version) => version.split('.')[0]).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      offered.map((version) => version.split('.')[0]),
    );
    expect(offered).toContain('18.4');
    expect(deprecated).toContain('15.2');
  }
});
