import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './test-database.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

test('a database is empty, is its own, and can be dropped while a session is in it', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await query(one.url, 'create table t (n int)');
  expect(await query(two.url, `select to_regclass('t')`)).toEqual([null]);
  const session = new Client({ connectionString: one.url });
  session.on('error', () => {});
  await session.connect();
  await one.drop();
  expect(await query(two.url, `select count(*)::int from pg_database where datname = '${one.name}'`)).toEqual(
    [0],
  );
  await two.drop();
});

test('a template is prepared once, however many ask for it at once', async () => {
  let prepared = 0;
  const template = {
    name: 'once',
    prepare: async (url: string) => {
      prepared++;
      await query(url, 'create table t as select generate_series(1, 100) as n');
    },
  };
  const databases = await Promise.all(Array.from({ length: 8 }, () => createTestDatabase({ template })));
  expect(prepared).toBe(1);
  expect(new Set(databases.map(({ name }) => name)).size).toBe(8);
  for (const { url, drop } of databases) {
    expect(await query(url, 'select count(*)::int from t')).toEqual([100]);
    await drop();
  }
});

test('a template whose preparation failed is prepared again', async () => {
  const failing = {
    name: 'failing',
    prepare: async (url: string) => {
      await query(url, 'create table half ()');
      throw new Error('no');
    },
  };
  await expect(createTestDatabase({ template: failing })).rejects.toThrow('no');
  const database = await createTestDatabase({
    template: { name: 'failing', prepare: async (url) => void (await query(url, 'create table whole ()')) },
  });
  expect(await query(database.url, `select to_regclass('half'), to_regclass('whole')::text`)).toEqual([
    null,
    'whole',
  ]);
  await database.drop();
});

test('a session that prepare leaves open is named at once, and the next preparation succeeds', async () => {
  const name = 'left_open';
  const left: Client[] = [];
  const prepare = async (url: string) => {
    const client = new Client({ connectionString: url, application_name: 'forgetful' });
    client.on('error', () => {});
    await client.connect();
    await client.query('create table t as select 1 as n');
    left.push(client);
  };
  await expect(createTestDatabase({ template: { name, prepare } })).rejects.toMatchObject({
    code: 'template-in-use',
    message: expect.stringMatching(
      /template_left_open.*\npid \d+, application "forgetful", idle since \d s: create table t/,
    ),
  });
  // As the hint says.
  const template = {
    name,
    prepare: async (url: string) => {
      await prepare(url);
      await left.at(-1)?.end();
    },
  };
  const database = await createTestDatabase({ template });
  expect(await query(database.url, 'select n from t')).toEqual([1]);
  await database.drop();
  await left[0]?.end();
});

test('nobody can come back to a template and keep it from being cloned', async () => {
  let templateUrl = '';
  const template = { name: 'closed', prepare: async (url: string) => void (templateUrl = url) };
  const first = await createTestDatabase({ template });
  await expect(query(templateUrl, 'select 1')).rejects.toThrow('not currently accepting connections');
  const second = await createTestDatabase({ template });
  expect(await query(second.url, 'select 1')).toEqual([1]);
  await first.drop();
  await second.drop();
});

test('a pool cannot slip in while the sessions that prepare has left are waited for', async () => {
  let later: Promise<unknown> | undefined;
  const template = {
    name: 'pooled',
    prepare: async (url: string) => {
      const pooled = new Client({ connectionString: url });
      await pooled.connect();
      // When it is seen to be there, another one comes before it goes.
      later = delay(300)
        .then(() => query(url, 'select 1'))
        .catch((error: Error) => error.message)
        .finally(() => pooled.end());
    },
  };
  const database = await createTestDatabase({ template });
  expect(await later).toContain('not currently accepting connections');
  expect(await query(database.url, 'select 1')).toEqual([1]);
  await database.drop();
});
