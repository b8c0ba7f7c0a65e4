import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, expect, test } from 'vitest';
import { shopTemplate } from '../test/shop-database.ts';
import { PriceList } from './index.ts';
import { executeBound } from './runtime/execute-bound.ts';
import { ormOptions, type OrmSettings } from './orm-options.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function shopDatabase(): Promise<string> {
  const database = await createTestDatabase({ template: shopTemplate });
  cleanups.push(() => database.drop());
  return database.url;
}

async function open(settings: OrmSettings): Promise<MikroORM> {
  const orm = await MikroORM.init(ormOptions(settings));
  cleanups.push(() => orm.close());
  return orm;
}

const sessionSettings = `select current_setting('application_name') as name, current_setting('timezone') as timezone,
  current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
  current_setting('work_mem') as work_mem`;

test('sessions have a name, UTC and timeouts', async () => {
  const orm = await open({ url: await shopDatabase() });
  expect((await orm.em.fork().execute(sessionSettings))[0]).toMatchObject({
    name: 'ecommerce-dms',
    timezone: 'UTC',
    statement: '30s',
    lock: '5s',
  });
});

test('what the database is set to does not change what its answers say', async () => {
  const url = await shopDatabase();
  const name = new URL(url).pathname.slice(1);
  const admin = await open({ url });
  for (const setting of [
    `datestyle = 'SQL, DMY'`,
    `timezone = 'Asia/Kathmandu'`,
    `intervalstyle = 'sql_standard'`,
    `bytea_output = 'escape'`,
    'extra_float_digits = -10',
    `default_transaction_isolation = 'serializable'`,
  ]) {
    await admin.em.fork().execute(`alter database ${name} set ${setting}`);
  }
  const orm = await open({ url });
  const text = `select timestamptz '2026-12-03 05:00:00.123456+00' as at,
    (timestamptz '2026-12-03 05:00:00.123456+00')::text as text, (0.1::float8 + 0.2)::text as number,
    '\\xff00'::bytea as bytes, current_setting('transaction_isolation') as isolation`;
  const rows = await executeBound(orm.em.fork(), { text, values: [], isPrepared: false });
  expect(rows).toEqual([
    {
      at: '2026-12-03 05:00:00.123456+00',
      text: '2026-12-03 05:00:00.123456+00',
      number: '0.30000000000000004',
      bytes: Buffer.from([255, 0]),
      isolation: 'read committed',
    },
  ]);
  const asked = await open({ url: `${url}?options=-c%20default_transaction_isolation%3Dserializable` });
  expect(await asked.em.fork().execute('show transaction_isolation')).toEqual([
    { transaction_isolation: 'serializable' },
  ]);
});

test('timeouts and name can be set, and the parameters of the URL reach the server', async () => {
  const url = `${await shopDatabase()}?options=-c%20work_mem%3D7MB`;
  const orm = await open({ url, applicationName: 'worker', statementTimeoutMs: 0, lockTimeoutMs: 250 });
  expect((await orm.em.fork().execute(sessionSettings))[0]).toEqual({
    name: 'worker',
    timezone: 'UTC',
    statement: '0',
    lock: '250ms',
    work_mem: '7MB',
  });
});

test('reads outside of a transaction go to the reader', async () => {
  const orm = await open({ url: await shopDatabase(), readerUrl: await shopDatabase() });
  await orm.em.transactional(async (em) => {
    await em.insert(PriceList, { code: 'writer-only', name: 'x' });
    expect(await em.count(PriceList)).toBe(2);
  });
  expect(await orm.em.fork().count(PriceList)).toBe(1);
  expect(await orm.em.fork().count(PriceList, {}, { connectionType: 'write' })).toBe(2);
});

test('a URL that cannot be read is refused without showing it', () => {
  for (const settings of [
    { url: 'postgres://app:s3/cret@db/shop' },
    { url: 'postgres://db/shop', readerUrl: 'postgres://app:s3/cret@db/shop' },
  ]) {
    expect(() => ormOptions(settings)).toThrow(expect.objectContaining({ code: 'invalid-database-url' }));
    expect(() => ormOptions(settings)).not.toThrow(/s3|cret/);
  }
});
