import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dms, type Ended, scratchFolder } from '../test/dms.ts';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
  await settings('');
});
afterAll(() => folder.remove());

/** A settings file that does `statement` when it is loaded. */
async function settings(statement: string): Promise<void> {
  const environments = `{ staging: { target: 'aws', aws: { preset: 'staging' } } }`;
  await writeFile(
    join(folder.path, 'dms.config.ts'),
    `${statement}\nexport default { environments: ${environments} };`,
  );
}

function dms(command: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Dms(folder.path, [command, '--env', 'staging'], env).ended;
}

test.each([
  ['migrate', 'DATABASE_URL', 'postgres://app:Pa@ss Wo/rd#1@db.example.com:5432/shop'],
  ['status', 'DATABASE_URL', 'postgres://app:1234/Pa@db.example.com/shop'],
  ['validate', 'DATABASE_URL', 'host=db.example.com user=app password=Pa'],
  ['urls', 'DATABASE_READER_URL', 'postgres://app:Pa%ss@Wo/rd@db.example.com/shop'],
  ['roles', 'DATABASE_ADMIN_URL', 'postgres://app:Pass@db.example.com'],
])('dms %s refuses %s=%s without showing it', async (command, variable, url) => {
  const { code, stdout, stderr } = await dms(command, {
    DATABASE_URL: 'postgres://db/shop',
    [variable]: url,
  });
  expect(stderr).toContain(`dms: ${variable} cannot be used: `);
  expect(stderr).toContain('percent-encoded');
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stdout + stderr).not.toMatch(/Pa|Wo|1234/);
  expect(code).toBe(2);
});

describe('a password is in nothing that is printed', () => {
  const DATABASE_URL = 'postgres://app:Pass Word/Secret@db.example.com/shop';
  const AWS_SECRET_ACCESS_KEY = 'Pass+Word/Secret';
  const secrets = '`${process.env.DATABASE_URL} ${process.env.AWS_SECRET_ACCESS_KEY}`';

  test.each([
    ['an error for users', `throw new Error(${secrets});`, 2],
    [
      'an unexpected error',
      `setTimeout(() => { throw Object.assign(new Error('late'), { input: ${secrets} }); });`,
      1,
    ],
    ['a promise that nobody waits for', `void Promise.reject(new Error(${secrets}));`, 1],
    ['what other code prints', `console.log(${secrets}); process.stderr.write(Buffer.from(${secrets}));`, 0],
  ])('%s', async (_name, statement, expected) => {
    await settings(statement);
    const { code, stdout, stderr } = await dms('synth', { DATABASE_URL, AWS_SECRET_ACCESS_KEY });
    expect(stdout + stderr).toContain('postgres://app:***@db.example.com/shop ***');
    expect(stdout + stderr).not.toMatch(/Pass|Word|Secret/);
    expect(code).toBe(expected);
  });
});
