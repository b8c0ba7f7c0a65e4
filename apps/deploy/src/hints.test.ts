import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dms, dms, type Ended, followHint, query, scratchFolder, urlsIn } from '../test/dms.ts';

// A hint is a promise: the commands that it names are run as they are printed.

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder({
    local: { target: 'local' },
    second: { target: 'local' },
    test: { target: 'aws', orders: 30, aws: { preset: 'test' } },
    live: { target: 'aws', orders: 30, aws: { preset: 'production' } },
  });
  // The name that a hint has for the user's own file.
  await copyFile(sampleCatalogPath, join(folder.path, 'FILE.csv'));
});
afterAll(() => folder.remove());

test('a hint names the environment that it is about', async () => {
  const deployed = await dms(folder.path, 'deploy', '--env', 'live', '--to', 'policy');
  expect(deployed.code).toBe(3);
  const [policy] = await followHint(folder.path, deployed.stderr);
  expect(policy).toMatchObject({ code: 3, stdout: expect.stringContaining('alert-topic-subscribed') });
  const { stdout } = await dms(folder.path, 'status', '--env', 'second');
  expect(stdout).toContain("'dms up --env second' starts it");
  const { stderr } = await dms(folder.path, 'backup', '--env', 'second');
  expect(stderr).not.toMatch(/'dms (up|down)[^']*'(?<!--env second')/);
});

describe('one after another, on a database that has nothing', () => {
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, DATABASE_ADMIN_URL: database.url };
    await run('roles', '--env', 'test');
  });
  afterAll(() => database.drop());

  const run = (...args: string[]): Promise<Ended> => new Dms(folder.path, args, env).ended;

  async function failsWithHint(args: string[], message: string, ...commands: string[]): Promise<Ended[]> {
    const { code, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('unexpected error');
    expect(code).not.toBe(0);
    const named = [...stderr.matchAll(/'(dms [^']+)'/g)].map(([, command]) => command);
    expect(named).toEqual(commands.map((command) => expect.stringContaining(command)));
    return await followHint(folder.path, stderr, env);
  }
  const succeeded = (ended: Ended[]): string[] => {
    expect(ended.map(({ code }) => code)).toEqual(ended.map(() => 0));
    return ended.map(({ stderr }) => stderr);
  };

  test('an import before the migrations, and a seed: migrate', async () => {
    const imported = await run('import', 'FILE.csv', '--env', 'test');
    expect(imported.stderr).toContain("Migrate the database first: 'dms migrate --env test'.");
    const seeded = await run('seed', '--env', 'test');
    expect(seeded.stderr).toContain("'dms migrate --env test' brings the schema up to date");
    const deploy = ['deploy', '--env', 'test', '--only', 'seed'];
    succeeded(await failsWithHint(deploy, 'does not exist', 'dms migrate --env test'));
  });

  test('a seed before the catalog: import', async () => {
    succeeded(
      await failsWithHint(['seed', '--env', 'test'], 'nothing to sell', 'dms import FILE.csv --env test'),
    );
    expect((await run('seed', '--env', 'test')).code).toBe(0);
  });

  test('a seed of a database that has orders: another seed, which adds to it', async () => {
    const args = ['seed', '--orders', '20', '--env', 'test'];
    const message = 'there are rows in customer';
    const ended = await failsWithHint(args, message, 'dms seed --orders 20 --seed ');
    expect(succeeded(ended)[0]).toContain('50 orders');
    expect((await run('validate', '--env', 'test')).code).toBe(0);
  });

  test('the same seed again: another one', async () => {
    const args = ['seed', '--orders', '20', '--allow-non-empty', '--env', 'test'];
    const ended = await failsWithHint(args, 'violate', 'dms seed --orders 20 --seed ');
    expect(succeeded(ended)[0]).toContain('70 orders');
    expect((await run('validate', '--env', 'test')).code).toBe(0);
  });

  test('production: the flags that seed it nevertheless, one after another', async () => {
    const refused = await failsWithHint(
      ['seed', '--env', 'live'],
      'it is not seeded',
      'dms seed --orders 30 --seed 1 --allow-production --env live',
    );
    expect(refused[0]?.code).toBe(1);
    const added = await followHint(folder.path, refused[0]?.stderr ?? '', env);
    expect(succeeded(added)[0]).toContain('100 orders');
  });

  test('findings: validate shows them', async () => {
    await query(database.url, 'alter table sales_order disable trigger user');
    const deploy = ['deploy', '--env', 'test', '--only', 'validate'];
    const [shown] = await failsWithHint(deploy, 'breaks some of its rules', 'dms validate --env test');
    expect(shown?.stdout).toContain('FAILED catalog.disabled-trigger');
    await query(database.url, 'alter table sales_order enable trigger user');
  });

  test('a ledger with a migration that nobody has: forget it', async () => {
    await query(
      database.url,
      `insert into migration_ledger (id, name, state) values (0, '19990101000000-nobody', 'applied')`,
    );
    const ended = await failsWithHint(
      ['migrate', '--env', 'test'],
      'in the ledger',
      'dms migrate repair --forget 19990101000000-nobody --env test',
      'dms migrate info --env test',
    );
    succeeded(ended);
    expect(ended[1]?.stdout).toMatch(/^applied /m);
    expect(ended[1]?.stdout).not.toContain('1999');
    expect((await run('migrate', '--env', 'test')).code).toBe(0);
  });
});

test('an `up` that may not seed what has customers says how to go on', { timeout: 300_000 }, async () => {
  expect((await dms(folder.path, 'up', '--orders', '0')).code).toBe(0);
  const { writer } = await urlsIn(folder.path);
  await query(writer, `insert into customer (id, email) values (gen_random_uuid(), 'first@example.com')`);
  expect((await dms(folder.path, 'down')).code).toBe(0);
  const { code, stderr } = await dms(folder.path, 'up', '--orders', '20');
  expect(stderr).toContain('there are rows in customer');
  expect(code).toBe(1);
  const ended = await followHint(folder.path, stderr);
  expect(ended.map((command) => command.code)).toEqual([0, 0]);
  expect(ended[1]?.stderr).toContain('20 orders');
});
