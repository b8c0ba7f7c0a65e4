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
    `SET timezone = 'UTC'; SET extra_float_digits = 1; CREATE TYPE mood AS ENUM ('sad', 'so "so"', 'happy')`,
  );
});
afterAll(async () => {
  await client.end();
  await drop();
});

/** Each kind of column: what the plan gives, and the text that PostgreSQL parses to the same value. */
type Kind = [type: string, values: fc.Arbitrary<Value>, text: (value: never) => string];

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
const text = (value: unknown) => String(value);

const kinds: Kind[] = [
  ['bool', fc.boolean(), text],
  ['int2', fc.integer({ min: -32_768, max: 32_767 }), text],
  ['int4', fc.integer(), text],
  ['int8', fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), text],
  ['float4', fc.float(), (value) => (Object.is(value, -0) ? '-0' : String(value))],
  ['float8', fc.double(), (value) => (Object.is(value, -0) ? '-0' : String(value))],
  ['numeric', fc.oneof(decimal, fc.maxSafeInteger(), fc.bigInt()), text],
  [
    'numeric(12,2)',
    fc.integer({ min: -999_999_999, max: 999_999_999 }).map((n) => (n / 100).toFixed(2)),
    text,
  ],
  ['text', word, text],
  ['varchar(400)', word, text],
  ['mood', fc.constantFrom('sad', 'so "so"', 'happy'), text],
  ['uuid', uuid, text],
  ['timestamptz', date, (value: Date) => value.toISOString()],
  [
    'timestamptz',
    fc.integer({ min: 0, max: 4_000_000_000_000_000 }).map((us) => us / 1000),
    (ms: number) => microseconds(ms),
  ],
  ['timestamp', date, (value: Date) => value.toISOString().slice(0, -1)],
  ['date', date, (value: Date) => value.toISOString().slice(0, 10)],
  ['date', date.map((value) => value.toISOString().slice(0, 10)), text],
  ['json', json, (value) => JSON.stringify(value)],
  ['jsonb', json, (value) => JSON.stringify(value)],
  [
    'bytea',
    fc.uint8Array({ maxLength: 100 }),
    (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`,
  ],
  ['inet', ip, text],
  ['cidr', fc.oneof(fc.ipV4(), fc.ipV6()), text],
  ['int4[]', fc.array(fc.option(fc.integer())), (value: Value[]) => array(value)],
  ['text[]', fc.array(fc.option(word)), (value: Value[]) => array(value)],
  ['uuid[]', fc.array(uuid), (value: Value[]) => array(value)],
  ['mood[]', fc.array(fc.constantFrom('sad', 'so "so"')), (value: Value[]) => array(value)],
];

test.each(kinds)(
  '%s round-trips through COPY BINARY as PostgreSQL parses its text',
  async (type, values, asText) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values), { minLength: 1, maxLength: 100 }), async (column) => {
        await client.query(`CREATE TEMP TABLE trip (n int, v ${type})`);
        try {
          await copy(column);
          const texts = column.map((value) => (value === null ? null : asText(value as never)));
          const { rows } = await client.query(
            `SELECT n, v::text AS got, parsed::${type}::text AS want
             FROM trip JOIN unnest($1::text[]) WITH ORDINALITY AS given (parsed, place) ON place = n
            WHERE v::text IS DISTINCT FROM parsed::${type}::text`,
            [texts],
          );
          expect(rows).toEqual([]);
          expect((await client.query('SELECT count(*)::int AS count FROM trip')).rows[0]).toEqual({
            count: column.length,
          });
        } finally {
          await client.query('DROP TABLE trip');
        }
      }),
      { numRuns: 15 },
    );
  },
);

const misfits: [string, Value][] = [
  ['bool', 1],
  ['int2', 40_000],
  ['int4', 1.5],
  ['int8', 2 ** 60],
  ['int8', '1'],
  ['numeric', 0.1],
  ['numeric', '1e5'],
  ['numeric', '.'],
  ['text', 5],
  ['uuid', 'no'],
  ['timestamptz', 'yesterday'],
  ['timestamptz', new Date(Number.NaN)],
  ['date', '2025-02-30'],
  ['date', 5],
  ['bytea', 'x'],
  ['inet', '256.1.1.1'],
  ['inet', '10.0.0.0/33'],
  ['int4[]', 5],
  ['int4[]', ['x']],
];

test.each(misfits)('%s does not take %j', async (type, value) => {
  await client.query(`CREATE TEMP TABLE trip (n int, v ${type})`);
  try {
    const fault = { code: 'value-refused', message: expect.stringMatching(/^Row 1 of trip, column v: /) };
    await expect(copy([value])).rejects.toMatchObject(fault);
  } finally {
    await client.query('DROP TABLE trip');
  }
});

async function copy(column: (Value | null)[]): Promise<void> {
  const [table] = await readPlannedTables(client, { trip: ['n', 'v'] });
  if (table === undefined) throw new Error('no table');
  const writer = new TableWriter(table, new RowBuffer(64));
  for (const [i, v] of column.entries()) writer.write({ n: i + 1, v });
  const stream = client.query(copyFrom('COPY trip (n, v) FROM STDIN (FORMAT binary)'));
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
