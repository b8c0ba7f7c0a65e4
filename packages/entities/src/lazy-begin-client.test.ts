import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { IsolationLevel, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shopTemplate } from '../test/shop-database.ts';
import { Currency, ormOptions } from './index.ts';
import { LazyBeginClient } from './lazy-begin-client.ts';
import { int4, text } from './runtime/sql-type.ts';
import { statement } from './runtime/statement.ts';
import { transientFailure } from './runtime/transient-failure.ts';

let database: { url: string; drop(): Promise<void> };
let orm: MikroORM;
let admin: Client;
/** How often the only connection was told that the server is ready. */
let answers = 0;

const insertNote = statement({
  isPrepared: true,
  params: { note: text },
  sql: 'insert into public.scratch_note (note) values (:note)',
});
const selectSettings = statement({
  isPrepared: true,
  params: { one: int4 },
  row: { isolation: text, readOnly: text },
  sql: `select current_setting('transaction_isolation') as isolation,
    current_setting('transaction_read_only') as "readOnly" where :one = 1`,
});

beforeAll(async () => {
  database = await createTestDatabase({ template: shopTemplate });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('create table public.scratch_note (note text unique)');
  const options = ormOptions({ url: database.url });
  orm = await MikroORM.init({ ...options, pool: { max: 1 }, logger: () => undefined });
});

beforeEach(async () => {
  await admin.query('truncate public.scratch_note');
  // A connection of its own for each test, on which both are prepared.
  const pool = await orm.em.getConnection().getNativeClient();
  (await pool.connect()).release(true);
  pool.once('connect', (client) => {
    (client as unknown as Client).connection.on('readyForQuery', () => (answers += 1));
  });
  await inTransaction((em) => selectSettings(em, { one: 1 }));
  await inTransaction((em) => insertNote(em, { note: 'first' }));
  answers = 0;
});

afterAll(async () => {
  await orm?.close(true);
  await admin?.end();
  await database?.drop();
});

const inTransaction: MikroORM['em']['transactional'] = (work, options) =>
  orm.em.fork().transactional(work, options);

async function notes(): Promise<string[]> {
  const { rows } = await admin.query<{ note: string }>('select note from public.scratch_note order by note');
  return rows.map(({ note }) => note);
}

test('the connections of the shop are of this class', async () => {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  expect(client).toBeInstanceOf(LazyBeginClient);
  client.release();
});

test('BEGIN and the first statement have one answer', async () => {
  await inTransaction((em) => insertNote(em, { note: 'a' }));
  expect(answers).toBe(2);
  expect(await notes()).toEqual(['a', 'first']);
});

test('a transaction without a statement is not sent', async () => {
  await inTransaction(async () => undefined);
  await expect(inTransaction(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  expect(answers).toBe(0);
  await inTransaction((em) => insertNote(em, { note: 'a' }));
  expect(await notes()).toEqual(['a', 'first']);
});

test.each([
  {
    sent: 'prepared',
    query: { name: 'note', text: 'insert into public.scratch_note values ($1)', values: ['a'] },
  },
  { sent: 'with parameters', query: { text: 'insert into public.scratch_note values ($1)', values: ['a'] } },
  { sent: 'as a text', query: { text: "insert into public.scratch_note values ('a')" } },
])('where BEGIN fails, a first statement $sent is not executed', async ({ query }) => {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  try {
    // What is prepared is parsed by the first transaction, and comes with the BEGIN from then on.
    for (let time = 0; time < 2; time++) {
      await client.query('begin');
      await client.query(query);
      await client.query('rollback');
    }
    await client.query('start transaction isolation level unheard');
    await expect(client.query(query)).rejects.toMatchObject({ code: '42601' });
    await client.query('rollback');
    expect(await notes()).toEqual(['first']);
    await client.query('begin');
    await client.query(query);
    await client.query('commit');
    expect(await notes()).toEqual(['a', 'first']);
  } finally {
    client.release(true);
  }
});

test('a statement that a connection has not parsed yet comes after the BEGIN', async () => {
  const fresh = statement({
    isPrepared: true,
    params: { one: int4 },
    row: { one: int4 },
    sql: 'select :one::int4 as one',
  });
  expect(await inTransaction((em) => fresh(em, { one: 1 }))).toEqual([{ one: 1 }]);
  expect(answers).toBe(3);
  expect(await inTransaction((em) => fresh(em, { one: 2 }))).toEqual([{ one: 2 }]);
  expect(answers).toBe(5);
});

test('a failed first statement leaves nothing, and the connection is of use', async () => {
  const twice = inTransaction((em) => insertNote(em, { note: 'first' }));
  await expect(twice).rejects.toMatchObject({ code: '23505' });
  await inTransaction((em) => insertNote(em, { note: 'a' }));
  expect(await notes()).toEqual(['a', 'first']);
});

test('what the first statement did is rolled back with the rest', async () => {
  const failing = inTransaction(async (em) => {
    await insertNote(em, { note: 'a' });
    throw new Error('own');
  });
  await expect(failing).rejects.toThrow('own');
  expect(await notes()).toEqual(['first']);
});

test.each([
  { first: 'without parameters', run: "insert into public.scratch_note values ('a')" },
  { first: 'of several', run: "insert into public.scratch_note values ('a'); select 1" },
])('a first statement $first begins after the BEGIN', async ({ run }) => {
  const failing = inTransaction(async (em) => {
    await em.execute(run);
    throw new Error('own');
  });
  await expect(failing).rejects.toThrow('own');
  expect(await notes()).toEqual(['first']);
  await inTransaction((em) => em.execute(run));
  expect(await notes()).toEqual(['a', 'first']);
});

test('a first savepoint is one of the transaction', async () => {
  await inTransaction(async (em) => {
    const nested = em.transactional(async (em) => {
      await insertNote(em, { note: 'a' });
      throw new Error('own');
    });
    await expect(nested).rejects.toThrow('own');
    await insertNote(em, { note: 'b' });
  });
  expect(await notes()).toEqual(['b', 'first']);
});

test('isolation and access mode are those of the transaction', async () => {
  const options = { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true };
  expect(await inTransaction((em) => selectSettings(em, { one: 1 }), options)).toEqual([
    { isolation: 'repeatable read', readOnly: 'on' },
  ]);
  expect(answers).toBe(2);
  expect(await inTransaction((em) => selectSettings(em, { one: 1 }))).toEqual([
    { isolation: 'read committed', readOnly: 'off' },
  ]);
});

test('a stream can come first', async () => {
  const codes = await inTransaction(
    async (em) => {
      const found: string[] = [];
      for await (const { code } of em.stream(Currency, { orderBy: { code: 1 } })) found.push(code);
      expect((await selectSettings(em, { one: 1 }))[0]?.isolation).toBe('serializable');
      return found;
    },
    { isolationLevel: IsolationLevel.SERIALIZABLE },
  );
  expect(codes).toContain('EUR');
});

test('a connection that is lost before the first statement is a lost connection', async () => {
  const lost = inTransaction(async (em) => {
    await admin.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
       where application_name = 'ecommerce-dms' and datname = current_database()`,
    );
    await insertNote(em, { note: 'a' });
  });
  expect(transientFailure(await lost.catch((error: unknown) => error))).toBe('connection-lost');
  await inTransaction((em) => insertNote(em, { note: 'b' }));
  expect(await notes()).toEqual(['b', 'first']);
});
