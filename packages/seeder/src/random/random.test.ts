import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomOf } from '../plan.ts';
import { calendar } from './calendar.ts';
import { weightedChoice, weightedKeys, zipfChoice } from './choice.ts';
import { permutation } from './permutation.ts';
import { Uuid } from './uuid.ts';

const plan = { name: 'p', version: 1 };
const random = randomOf(plan, 42);

/** Pearson's statistic over its degrees of freedom: near 1 if counts follow the expected ones, far above if not. */
function misfit(counts: number[], expected: number[]): number {
  const chi2 = counts.reduce(
    (sum, count, i) => sum + (count - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1),
    0,
  );
  return chi2 / (counts.length - 1);
}

test('a row is the same whenever it is drawn, and depends on seed, plan, version, stream and row', () => {
  const first = (source = random, stream = 's', row = 7) => source.draw(stream, row).u32();
  expect(first()).toBe(first(randomOf(plan, 42)));
  const others = [
    first(randomOf(plan, 43)),
    first(randomOf({ ...plan, name: 'q' }, 42)),
    first(randomOf({ ...plan, version: 2 }, 42)),
    first(random, 't'),
    first(random, 's', 8),
    first(random, 's', 7 + 2 ** 32),
  ];
  expect(new Set([first(), ...others]).size).toBe(7);
});

test('these numbers never change: a change is a new major version', () => {
  const draw = random.draw('s', 7);
  expect({
    first: draw.u32(),
    second: draw.u32(),
    die: draw.int(1, 6),
    id: draw.uuid7(1_700_000_000_000).toString(),
  }).toMatchInlineSnapshot(`
    {
      "die": 5,
      "first": 28069420,
      "id": "018bcfe5-6800-7ee1-b428-be15651d5b17",
      "second": 3989100267,
    }
  `);
});

test('numbers are uniform across rows, across the draws of a row, and in their bits', () => {
  const n = 64_000;
  const bins = (values: (i: number) => number) => {
    const counts = Array.from({ length: 64 }, () => 0);
    for (let i = 0; i < n; i++) counts[values(i)] = (counts[values(i)] ?? 0) + 1;
    return misfit(
      counts,
      counts.map(() => n / 64),
    );
  };
  const oneRow = random.draw('one', 1);
  const drawn = Array.from({ length: n }, () => oneRow.u32());
  expect(bins((i) => random.draw('rows', i).u32() >>> 26)).toBeLessThan(1.6);
  expect(bins((i) => random.draw('rows', i).u32() & 63)).toBeLessThan(1.6);
  expect(bins((i) => (drawn[i] ?? 0) >>> 26)).toBeLessThan(1.6);
  // Neighbours: the top bits of row i against those of row i + 1.
  const top = (i: number) => random.draw('pairs', i).u32() >>> 29;
  expect(bins((i) => top(i) * 8 + top(i + 1))).toBeLessThan(1.6);
});

test('int() holds its bounds, chance() its probability', () => {
  const values = Array.from({ length: 6000 }, (_, i) => random.draw('die', i).int(1, 6));
  expect(new Set(values)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  const hits = Array.from({ length: 10_000 }, (_, i) => random.draw('coin', i).chance(0.3)).filter(
    Boolean,
  ).length;
  expect(hits).toBeGreaterThan(2850);
  expect(hits).toBeLessThan(3150);
});

test('permutation() gives each number once, for any size and key', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.string(), (size, stream) => {
      const at = permutation(random.key(stream), size);
      const seen = new Set(Array.from({ length: size }, (_, i) => at(i)));
      expect(seen.size).toBe(size);
      expect([...seen].every((value) => value >= 0 && value < size)).toBe(true);
    }),
  );
  expect(permutation(random.key('large'), 2 ** 32)(2 ** 32 - 1)).toBeLessThan(2 ** 32);
});

test('choices follow their weights', () => {
  const n = 40_000;
  const weights = [5, 0, 3, 2];
  const choice = weightedChoice(weights);
  const counts = weights.map(() => 0);
  for (let i = 0; i < n; i++) {
    const at = choice.draw(random.draw('choice', i));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  expect(counts[1]).toBe(0);
  expect(misfit([counts[0] ?? 0, counts[2] ?? 0, counts[3] ?? 0], [n / 2, n * 0.3, n * 0.2])).toBeLessThan(5);
  const zipf = zipfChoice(100);
  const first = Array.from({ length: n }, (_, i) => zipf.draw(random.draw('zipf', i))).filter(
    (k) => k === 0,
  ).length;
  expect(first / n).toBeCloseTo(1 / 5.187, 1);
  const key = weightedKeys({ yes: 1, no: 0 });
  expect(key(random.draw('key', 0))).toBe('yes');
  expect(() => weightedChoice([0, 0])).toThrow(RangeError);
});

test('the times of a calendar rise, stay in its range, grow in number and follow the months', () => {
  const fromMs = Date.UTC(2024, 5, 10, 7, 30);
  const toMs = Date.UTC(2026, 5, 10, 7, 30);
  const months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3];
  const at = calendar({
    fromMs,
    toMs,
    growthPerYear: 0.5,
    months,
    hours: Array.from({ length: 24 }, (_, h) => (h < 6 ? 0.1 : 1)),
  });
  const n = 20_000;
  const times = Array.from({ length: n }, (_, i) => at(i / n));
  expect(
    times.every((time, i) => time >= fromMs && time < toMs && (i === 0 || time >= (times[i - 1] ?? 0))),
  ).toBe(true);
  const inMonth = (year: number, month: number) =>
    times.filter((time) => new Date(time).getUTCFullYear() === year && new Date(time).getUTCMonth() === month)
      .length;
  expect(inMonth(2024, 10) / inMonth(2024, 9)).toBeGreaterThan(2.5);
  expect(inMonth(2025, 10) / inMonth(2024, 10)).toBeCloseTo(1.5, 1);
  const night = times.filter((time) => new Date(time).getUTCHours() < 6).length;
  expect(night / n).toBeLessThan(0.06);
});

test('uuid7 has its time, its version and its variant, in order of time, and is unique by row', () => {
  const time = Date.UTC(2026, 10, 22, 12);
  const ids = Array.from({ length: 10_000 }, (_, row) => random.draw('id', row).uuid7(time).toString());
  expect(new Set(ids.map((id) => id.slice(-8))).size).toBe(10_000);
  expect(
    ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
  ).toBe(true);
  expect(Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(time);
  expect(Uuid.parse(ids[0] ?? '').toString()).toBe(ids[0]);
  expect(() => Uuid.parse('123')).toThrow(TypeError);
});
