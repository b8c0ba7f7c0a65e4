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

test('a template whose preparation failed is prepared anew', async () => {
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
