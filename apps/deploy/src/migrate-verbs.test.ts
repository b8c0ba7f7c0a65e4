import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dms, type Ended, followHint, query, scratchFolder } from '../test/dms.ts';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let database: TestDatabase;
beforeAll(async () => {
  folder = await scratchFolder({ test: { target: 'aws', orders: 30, aws: { preset: 'test' } } });
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await folder.remove();
});

const env = (): NodeJS.ProcessEnv => ({ DATABASE_URL: database.url, DATABASE_ADMIN_URL: database.url });
const run = (...args: string[]): Promise<Ended> =>
  new Dms(folder.path, [...args, '--env', 'test'], env()).ended;

test("the migrator's commands work on the environment's database", async () => {
  expect((await run('roles')).code).toBe(0);
  const dry = await run('migrate', 'dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/^-- \S+\n/) });
  const up = JSON.parse((await run('migrate', 'up', '--json')).stdout) as { applied: string[] };
  const [first = ''] = up.applied;
  expect(up.applied.length).toBeGreaterThan(10);
  expect((await run('migrate', 'info')).stdout).toContain(first);
  expect((await run('migrate', 'down', '--json')).code).toBe(0);
  // The stage takes over from there.
  expect(JSON.parse((await run('migrate', '--json')).stdout)).toMatchObject({ applied: [up.applied.at(-1)] });
  expect(await run('migrate', 'repair')).toMatchObject({
    code: 0,
    stdout: 'Nothing needs to be repaired.\n',
  });
});

test('a refusal names commands of dms, which work', async () => {
  await query(
    database.url,
    `insert into migration_ledger (id, name, state) values (0, '19990101000000-nobody', 'applied')`,
  );
  const { code, stderr } = await run('migrate', 'up');
  expect(code).toBe(1);
  expect(stderr).toContain("'dms migrate repair --forget 19990101000000-nobody --env test'");
  const found = await run('migrate', 'repair');
  expect(found).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('dms migrate repair --forget 19990101000000-nobody --env test\n'),
  });
  const followed = await followHint(folder.path, stderr, env());
  expect(followed.map((each) => each.code)).toEqual([0, 0]);
  expect((await run('migrate', 'up')).stdout).toBe('No migration was pending.\n');
});
