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
  {
    command: 'migrate',
    variable: 'DATABASE_URL',
    url: 'postgres://app:Pa@ss Wo/rd#1@db.example.com:5432/shop',
  },
  { command: 'status', variable: 'DATABASE_URL', url: 'postgres://app:1234/Pa@db.example.com/shop' },
  { command: 'validate', variable: 'DATABASE_URL', url: 'host=db.example.com user=app password=Pa' },
  { command: 'urls', variable: 'DATABASE_READER_URL', url: 'postgres://app:Pa%ss@Wo/rd@db.example.com/shop' },
  { command: 'roles', variable: 'DATABASE_ADMIN_URL', url: 'postgres://app:Pass@db.example.com' },
])('dms $command refuses $variable=$url without showing it', async ({ command, variable, url }) => {
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
  const databaseUrl = 'postgres://app:Pass Word/Secret@db.example.com/shop';
  const awsSecretAccessKey = 'Pass+Word/Secret';
  const secrets = '`${process.env.DATABASE_URL} ${process.env.AWS_SECRET_ACCESS_KEY}`';

  test.each([
    { what: 'an error for users', statement: `throw new Error(${secrets});`, exitCode: 2 },
    {
      what: 'an unexpected error',
      statement: `setTimeout(() => { throw Object.assign(new Error('late'), { input: ${secrets} }); });`,
      exitCode: 1,
    },
    {
      what: 'a promise that nobody waits for',
      statement: `void Promise.reject(new Error(${secrets}));`,
      exitCode: 1,
    },
    {
      what: 'what other code prints',
      statement: `console.log(${secrets}); process.stderr.write(Buffer.from(${secrets}));`,
      exitCode: 0,
    },
  ])('$what', async ({ statement, exitCode }) => {
    await settings(statement);
    const { code, stdout, stderr } = await dms('synth', {
      DATABASE_URL: databaseUrl,
      AWS_SECRET_ACCESS_KEY: awsSecretAccessKey,
    });
    expect(stdout + stderr).toContain('postgres://app:***@db.example.com/shop ***');
    expect(stdout + stderr).not.toMatch(/Pass|Word|Secret/);
    expect(code).toBe(exitCode);
  });
});
