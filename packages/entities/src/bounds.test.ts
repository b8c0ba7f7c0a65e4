import { globSync, readFileSync } from 'node:fs';
import { UserError } from '@ecommerce-dms/errors';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as bounds from './bounds.ts';
import { parseInput } from './parse-input.ts';

const wrong: Record<string, unknown> = {
  'a NUL': 'a\0b',
  'half of a surrogate pair': 'a\ud800',
  'a megabyte': 'x'.repeat(2 ** 20),
  'more than bigint': 2n ** 63n,
  'less than bigint': -(2n ** 63n) - 1n,
  'more than timestamptz': new Date(8.64e15),
  'no time': new Date(NaN),
  'no number': NaN,
  'no end': Infinity,
  'a million items': Array.from({ length: 1_000_000 }, () => 1),
  'a deep object': JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`),
  'a long object': { a: 'x'.repeat(70_000) },
  'an object with a NUL': { 'a\0': 1 },
};
const schemas: [string, z.ZodType][] = [
  ...Object.entries(bounds).flatMap(([name, each]): [string, z.ZodType][] =>
    each instanceof z.ZodType ? [[name, each]] : [],
  ),
  ['listOf', bounds.listOf(z.literal(1))],
  ['recordOf', bounds.recordOf(z.literal(1), 2)],
  ['textUpTo', bounds.textUpTo(5)],
  ['wholeNumber', bounds.wholeNumber(1, 5)],
];

test.each(schemas)('%s refuses, or cuts, what no column takes', (_name, schema) => {
  const accepted = Object.keys(wrong).filter((what) => {
    const { data, success } = schema.safeParse(wrong[what]);
    const isCut = typeof data === 'string' && data.length <= 1000 && bounds.isStorable(data);
    return success && !isCut;
  });
  expect(accepted).toEqual([]);
});

test('the schema of every input has its bounds from there', () => {
  const unbounded =
    /\bz\s*\.\s*(string|number|bigint|int|date|array|record|map|set|json|any|unknown|custom|coerce|email|url)\b/;
  const files = globSync('**/*.ts', {
    cwd: import.meta.dirname,
    // Settings of a program are not written to a column.
    exclude: ['**/*.test.ts', 'bounds.ts', 'shop/shop-settings.ts'],
  });
  const sources = files.map((file) => ({
    file,
    source: readFileSync(new URL(file, import.meta.url), 'utf8'),
  }));
  expect(sources.filter(({ source }) => source.includes("from 'zod'")).length).toBeGreaterThan(30);
  expect(sources.filter(({ source }) => unbounded.test(source)).map(({ file }) => file)).toEqual([]);
});

test.each([
  {
    schema: bounds.email,
    refused: ['abc', '@b', 'a@', 'a b@c', 'a@b@c', 'a@\u0085b'],
    accepted: ['a@b', ' é@b.com '],
  },
  { schema: bounds.name, refused: ['', ' ', '\t\n', '\u00a0'], accepted: ['A', ' A B '] },
  { schema: bounds.line, refused: ['x'.repeat(201)], accepted: ['', '😀'.repeat(100)] },
  { schema: bounds.units, refused: [0, 1.5, 1_000_000_001], accepted: [1, 1_000_000_000] },
  { schema: bounds.minutes, refused: [0, 2 ** 40], accepted: [1, 525_600] },
  { schema: bounds.amountMinor, refused: [-1n, 2n ** 62n, 5], accepted: [0n, bounds.maxAmountMinor] },
  { schema: bounds.instant, refused: [new Date(-1e14)], accepted: [new Date(0)] },
  {
    schema: bounds.jsonObject,
    refused: [[], 'a', { a: 1n }, { a: new Date() }],
    accepted: [{ a: [1, { b: null }] }],
  },
])('bounds, row %#', ({ schema, refused, accepted }) => {
  expect(refused.filter((value) => schema.safeParse(value).success)).toEqual([]);
  expect(accepted.filter((value) => !schema.safeParse(value).success)).toEqual([]);
});

test('a message has a hundred faults at most, each of one length', () => {
  const schema = z.strictObject({ list: z.array(z.literal(1)) });
  const refuse = (input: unknown) => {
    try {
      parseInput(schema, input);
    } catch (error) {
      if (error instanceof UserError) return error.message;
    }
    return '';
  };
  const faults = refuse({ list: Array.from({ length: 100_000 }, () => 2) }).split('; ');
  expect(faults).toHaveLength(101);
  expect(faults.at(-1)).toBe('and 99900 more');
  expect(refuse({ list: [], ['x'.repeat(1_000_000)]: 1 }).length).toBeLessThan(1000);
});
