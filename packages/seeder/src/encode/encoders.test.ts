import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlannedTables } from '../catalog/planned-table.ts';
import { TableWriter } from '../load/table-writer.ts';
import { Uuid } from '../random/uuid.ts';
import { RowBuffer } from './row-buffer.ts';
import type { Value } from './value.ts';

let client: Client;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `set timezone = 'UTC'; set extra_float_digits = 1; create type mood as enum ('sad', 'so "so"', 'happy')`,
  );
});
afterAll(async () => {
  await client.end();
  await drop();
});

/** A kind of column: what the plan gives, and the text that PostgreSQL parses to the same value. */
interface Kind {
  type: string;
  values: fc.Arbitrary<Value>;
  /** Default: `String`. */
  asText?: (value: never) => string;
}

const word = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('\0'));
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.option(fc.stringMatching(/^\d{0,30}$/)))
  .map(
    ([negative, whole, fraction]) =>
      `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`,
  );
const date = fc.date({ min: new Date('1750-01-01'), max: new Date('2250-01-01'), noInvalidDate: true });
const json = fc
  .jsonValue()
  .filter((value) => !JSON.stringify(value).includes('\\u0000')) as fc.Arbitrary<Value>;
const ip = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
);
const uuid = fc.uuid().map((text) => Uuid.parse(text));

const kinds: Kind[] = [
  { type: 'bool', values: fc.boolean() },
  { type: 'int2', values: fc.integer({ min: -32_768, max: 32_767 }) },
  { type: 'int4', values: fc.integer() },
  {
    type: 'int8',
    values: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  },
  { type: 'float4', values: fc.float(), asText: (value) => (Object.is(value, -0) ? '-0' : String(value)) },
  { type: 'float8', values: fc.double(), asText: (value) => (Object.is(value, -0) ? '-0' : String(value)) },
  { type: 'numeric', values: fc.oneof(decimal, fc.maxSafeInteger(), fc.bigInt()) },
  {
    type: 'numeric(12,2)',
    values: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((n) => (n / 100).toFixed(2)),
  },
  { type: 'text', values: word },
  { type: 'varchar(400)', values: word },
  { type: 'mood', values: fc.constantFrom('sad', 'so "so"', 'happy') },
  { type: 'uuid', values: uuid },
  { type: 'timestamptz', values: date, asText: (value: Date) => value.toISOString() },
  {
    type: 'timestamptz',
    values: fc.integer({ min: 0, max: 4_000_000_000_000_000 }).map((us) => us / 1000),
    asText: (ms: number) => microseconds(ms),
  },
  { type: 'timestamp', values: date, asText: (value: Date) => value.toISOString().slice(0, -1) },
  { type: 'date', values: date, asText: (value: Date) => value.toISOString().slice(0, 10) },
  { type: 'date', values: date.map((value) => value.toISOString().slice(0, 10)) },
  { type: 'json', values: json, asText: (value) => JSON.stringify(value) },
  { type: 'jsonb', values: json, asText: (value) => JSON.stringify(value) },
  {
    type: 'bytea',
    values: fc.uint8Array({ maxLength: 100 }),
    asText: (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`,
  },
  { type: 'inet', values: ip },
  { type: 'cidr', values: fc.oneof(fc.ipV4(), fc.ipV6()) },
  { type: 'int4[]', values: fc.array(fc.option(fc.integer())), asText: (value: Value[]) => array(value) },
  { type: 'text[]', values: fc.array(fc.option(word)), asText: (value: Value[]) => array(value) },
  { type: 'uuid[]', values: fc.array(uuid), asText: (value: Value[]) => array(value) },
  {
    type: 'mood[]',
    values: fc.array(fc.constantFrom('sad', 'so "so"')),
    asText: (value: Value[]) => array(value),
  },
];

test.each(kinds)(
  '$type round-trips through COPY BINARY as PostgreSQL parses its text',
  async ({ type, values, asText = String }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values), { minLength: 1, maxLength: 100 }), async (column) => {
        await client.query(`create temp table trip (n int, v ${type})`);
        try {
          await copy(column);
          const texts = column.map((value) => (value === null ? null : asText(value as never)));
          const { rows } = await client.query(
            `select n, v::text as got, parsed::${type}::text as want
             from trip join unnest($1::text[]) with ordinality as given (parsed, place) on place = n
            where v::text is distinct from parsed::${type}::text`,
            [texts],
          );
          expect(rows).toEqual([]);
          expect((await client.query('select count(*)::int as count from trip')).rows[0]).toEqual({
            count: column.length,
          });
        } finally {
          await client.query('drop table trip');
        }
      }),
      { numRuns: 15 },
    );
  },
);

const misfits: { type: string; value: Value }[] = [
  { type: 'bool', value: 1 },
  { type: 'int2', value: 40_000 },
  { type: 'int4', value: 1.5 },
  { type: 'int8', value: 2 ** 60 },
  { type: 'int8', value: '1' },
  { type: 'numeric', value: 0.1 },
  { type: 'numeric', value: '1e5' },
  { type: 'numeric', value: '.' },
  { type: 'text', value: 5 },
  { type: 'uuid', value: 'no' },
  { type: 'timestamptz', value: 'yesterday' },
  { type: 'timestamptz', value: new Date(Number.NaN) },
  { type: 'date', value: '2025-02-30' },
  { type: 'date', value: 5 },
  { type: 'bytea', value: 'x' },
  { type: 'inet', value: '256.1.1.1' },
  { type: 'inet', value: '10.0.0.0/33' },
  { type: 'int4[]', value: 5 },
  { type: 'int4[]', value: ['x'] },
];

test.each(misfits)('$type does not take $value', async ({ type, value }) => {
  await client.query(`create temp table trip (n int, v ${type})`);
  try {
    const fault = { code: 'value-refused', message: expect.stringMatching(/^Row 1 of trip, column v: /) };
    await expect(copy([value])).rejects.toMatchObject(fault);
  } finally {
    await client.query('drop table trip');
  }
});

async function copy(column: (Value | null)[]): Promise<void> {
  const [table] = await readPlannedTables(client, { trip: ['n', 'v'] });
  if (table === undefined) throw new Error('no table');
  const writer = new TableWriter(table, new RowBuffer(64));
  for (const [i, v] of column.entries()) writer.write({ n: i + 1, v });
  const stream = client.query(copyFrom('copy trip (n, v) from stdin (format binary)'));
  stream.end(writer.take(new RowBuffer(64)).buffer.bytes());
  await finished(stream);
}

/** ISO text with six decimal places. */
function microseconds(ms: number): string {
  const us = Math.round(ms * 1000);
  return new Date(Math.floor(us / 1000)).toISOString().replace('Z', `${String(us % 1000).padStart(3, '0')}Z`);
}

function array(values: Value[]): string {
  const items = values.map((value) =>
    value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`,
  );
  return `{${items.join(',')}}`;
}
