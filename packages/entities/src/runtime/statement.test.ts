import { glob } from 'node:fs/promises';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeStatement } from '../../test/describe-statement.ts';
import { shopTemplate } from '../../test/shop-database.ts';
import { ormOptions } from '../orm-options.ts';
import { declaredBuiltStatements } from './built-statement.ts';
import {
  bytea,
  int4,
  int8,
  int8Array,
  json,
  jsonb,
  nullable,
  text,
  textArray,
  timestamptz,
  uuid,
  uuidArray,
} from './sql-type.ts';
import { declaredStatements, statement, type SqlTypes } from './statement.ts';

// Of what its own modules declare: a worker's earlier files have loaded others.
vi.hoisted(() => vi.resetModules());

let client: Client;
let orm: MikroORM;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase({ template: shopTemplate });
  drop = () => database.drop();
  client = new Client({ connectionString: database.url });
  await client.connect();
  orm = await MikroORM.init({ ...ormOptions({ url: database.url }), logger: () => undefined });
});

afterAll(async () => {
  await orm?.close();
  await client?.end();
  await drop?.();
});

/** What the declaration says that the server does not, in words. */
async function differences(
  declared: { text: string; row: SqlTypes; params?: readonly { name: string }[] },
  session = client,
): Promise<string[]> {
  const { params, columns } = await describeStatement(session, declared.text);
  const found: string[] = [];
  for (const [index, type] of (declared.params ?? []).entries()) {
    if (params[index] !== type.name) found.push(`$${index + 1} is ${params[index]}, not ${type.name}`);
  }
  const names = columns.map(({ name }) => name);
  for (const name of Object.keys(declared.row)) if (!names.includes(name)) found.push(`there is no ${name}`);
  for (const { name, type, mayBeNull, isExpression } of columns) {
    const said = declared.row[name];
    if (said === undefined) found.push(`${name} is not declared`);
    else if (said.name !== type) found.push(`${name} is ${type}, not ${said.name}`);
    else if (mayBeNull && !isExpression && !said.isNullable) found.push(`${name} may be null`);
  }
  return found;
}

test('each statement of the shop has the parameters and rows that it declares', async () => {
  for await (const file of glob('src/**/*.ts', { cwd: new URL('../..', import.meta.url) })) {
    if (!file.endsWith('.test.ts')) await import(new URL(`../../${file}`, import.meta.url).href);
  }
  expect(declaredStatements.length).toBeGreaterThan(0);
  const wrong: Record<string, string[]> = {};
  const hold = async (declared: Parameters<typeof differences>[0]) => {
    const found = await differences(declared).catch((error: Error) => [error.message]);
    if (found.length > 0) wrong[declared.text] = found;
  };
  for (const declared of declaredStatements) await hold(declared);
  const platform = orm.em.getPlatform();
  for (const built of declaredBuiltStatements) {
    const { fragments, row } = built();
    for (const { sql, params } of fragments) await hold({ text: platform.formatQuery(sql, params), row });
  }
  expect(wrong).toEqual({});
});

const drifted: { name: string; row: SqlTypes; sql: string; params: SqlTypes; found: string[] }[] = [
  {
    name: 'a column that is gone',
    params: {},
    row: { id: uuid },
    sql: 'select id, renamed from product',
    found: ['column "renamed" does not exist'],
  },
  {
    name: 'a column of another name',
    params: {},
    row: { id: uuid, name: text },
    sql: 'select id, title from product',
    found: ['there is no name', 'title is not declared'],
  },
  {
    name: 'a column of another type',
    params: {},
    row: { amount: int4 },
    sql: 'select amount_minor as amount from price',
    found: ['amount is int8, not int4'],
  },
  {
    name: 'a column that may be null',
    params: {},
    row: { sku: text },
    sql: 'select sku from product_variant',
    found: ['sku may be null'],
  },
  {
    name: 'a parameter of another type',
    params: { id: text },
    row: {},
    sql: 'select from product where id = :id',
    found: ['$1 is uuid, not text'],
  },
];

test.each(drifted)('finds a difference: $name', async ({ sql, params, row, found }) => {
  const before = declaredStatements.length;
  statement({ sql, params, row } as never);
  const [declared] = declaredStatements.splice(before);
  if (declared === undefined) throw new Error('statement() declares');
  expect(await differences(declared).catch((error: Error) => [error.message])).toEqual(found);
});

test('values have their declared types, by name; undefined is null', async () => {
  const echo = statement({
    params: { amount: int8, none: nullable(text), lines: jsonb<unknown>(), at: timestamptz },
    row: { at: timestamptz, amount: int8, none: nullable(text), lines: jsonb<{ amount: string }[]>() },
    sql: `select :at::timestamptz as at, :amount::int8 as amount, :none::text as none, :lines::jsonb as lines
      where '12:00' <> ''`,
  });
  declaredStatements.pop();
  const at = new Date('2026-11-30T12:00:00.123Z');
  const params = { amount: 2n ** 60n, none: undefined, lines: [{ amount: 7n }], at };
  const expected = [{ at, amount: 2n ** 60n, none: null, lines: [{ amount: '7' }] }];
  expect(await echo(client, params)).toEqual(expected);
  expect(await echo(orm.em.fork(), params)).toEqual(expected);
});

test('lists, bytes and JSON are the same on an EntityManager and on a session', async () => {
  const row = { tags: textArray, ids: uuidArray, amounts: int8Array, hash: bytea, document: json<object>() };
  const echo = statement({
    params: row,
    row,
    sql: `select :tags::text[] as tags, :ids::uuid[] as ids, :amounts::int8[] as amounts, :hash::bytea as hash,
      :document::json as document`,
  });
  declaredStatements.pop();
  const values = {
    tags: ['a,b', 'say "c"', ''],
    ids: ['00000000-0000-0000-0000-000000000001'],
    amounts: [2n ** 60n],
    hash: Buffer.from([0, 255]),
    document: { z: 1, a: [null] },
  };
  expect(await echo(client, values)).toEqual([values]);
  expect(await echo(orm.em.fork(), values)).toEqual([values]);
});

test('a parameter that is unused or undeclared is refused at once', () => {
  expect(() => statement({ params: { id: uuid }, row: {}, sql: 'select' })).toThrow(
    'The parameters id are not used: select',
  );
  expect(() => statement({ params: {}, row: {}, sql: `select :id::uuid, '12:00'` })).toThrow(
    'The parameter :id is not declared',
  );
});
