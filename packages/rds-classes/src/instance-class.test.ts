import { expect, test } from 'vitest';
import { instanceClass } from './instance-class.ts';
import { classesOf } from './offers.ts';

const all = classesOf().map((name) => instanceClass(name));

test('a class has the figures of AWS', () => {
  expect(instanceClass('db.m7g.large')).toEqual({
    name: 'db.m7g.large',
    vcpus: 2,
    memoryGib: 8,
    architecture: 'arm64',
    ebs: {
      baselineIops: 3600,
      baselineMegabytesPerSecond: 78.75,
      maxIops: 40_000,
      maxMegabytesPerSecond: 1250,
    },
    cpuCredits: undefined,
  });
  expect(instanceClass('db.t3.micro')).toMatchObject({
    vcpus: 2,
    memoryGib: 1,
    architecture: 'x86_64',
    cpuCredits: { perHour: 12, maxBalance: 288, baselinePercent: 10 },
  });
  expect(instanceClass('db.m7g.lrage')).toBeUndefined();
  expect(instanceClass('toString')).toBeUndefined();
});

test('only what no source has is undefined', () => {
  const without = (field: 'vcpus' | 'memoryGib' | 'architecture' | 'ebs') =>
    new Set(all.filter((one) => one?.[field] === undefined).map((one) => one?.name.split('.')[1]));
  for (const field of ['vcpus', 'memoryGib', 'architecture'] as const) {
    expect(without(field)).toEqual(new Set(['serverless']));
  }
  // The first generations have no EBS of their own, db.x2g has no EC2 type of its name.
  expect(without('ebs')).toEqual(new Set(['m1', 'm2', 'm3', 'r3', 't1', 't2', 'x2g', 'serverless']));
});

test('figures are plausible: whole vCPUs, memory, a peak that is no lower than the baseline', () => {
  for (const one of all) {
    if (one?.vcpus === undefined) continue;
    expect(Number.isInteger(one.vcpus) && one.vcpus >= 1 && one.vcpus <= 192, one.name).toBe(true);
    expect(one.memoryGib, one.name).toBeGreaterThan(0.5);
    if (one.ebs === undefined) continue;
    expect(one.ebs.baselineIops, one.name).toBeGreaterThan(0);
    expect(one.ebs.maxIops, one.name).toBeGreaterThanOrEqual(one.ebs.baselineIops);
    expect(one.ebs.maxMegabytesPerSecond, one.name).toBeGreaterThanOrEqual(
      one.ebs.baselineMegabytesPerSecond,
    );
  }
});

test('the letter of a family says how much memory a vCPU has, from the fifth generation on', () => {
  const perVcpu: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };
  for (const one of all) {
    const [, letter = '', generation] = /^db\.([cmr])(\d)/.exec(one?.name ?? '') ?? [];
    if (one?.vcpus === undefined || Number(generation ?? 0) < 5) continue;
    expect(one.memoryGib, one.name).toBe(one.vcpus * (perVcpu[letter] ?? Number.NaN));
  }
});

test('credits add up: a day of earning fills the balance, and pays for the baseline', () => {
  const burstable = all.filter((one) => one?.cpuCredits !== undefined);
  expect(burstable).toHaveLength(12);
  for (const one of burstable) {
    const { perHour = 0, maxBalance, baselinePercent = 0 } = one?.cpuCredits ?? {};
    expect(maxBalance, one?.name).toBe(24 * perHour);
    expect(perHour, one?.name).toBe(((one?.vcpus ?? 0) * 60 * baselinePercent) / 100);
  }
});
