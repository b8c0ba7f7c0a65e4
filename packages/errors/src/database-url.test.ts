import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { checkDatabaseUrl } from './database-url.ts';
import { isUserError, type UserError } from './user-error.ts';

function refusalOf(url: string): UserError | undefined {
  try {
    checkDatabaseUrl(url, 'DATABASE_URL');
  } catch (error) {
    if (isUserError(error)) return error;
    throw error;
  }
  return undefined;
}

test.each([
  ['postgres://app:p%40ss@127.0.0.1:5432/shop?sslmode=require'],
  ['postgresql://db/shop?user=app&password=p%40ss'],
  ['postgres://app@[::1]/shop'],
  ['postgres:///shop?host=/run/postgresql'],
])('%s can be used', (url) => {
  expect(refusalOf(url)).toBeUndefined();
});

test.each([
  ['postgres://app:p@ss w#rd@db:port/shop', 'it is not a URL'],
  ['host=db user=app password=s3cret', 'it is not a URL'],
  ['app:s3cret@db/shop', 'it does not begin with postgres:// or postgresql://'],
  ['mysql://app:s3cret@db/shop', 'it does not begin with postgres:// or postgresql://'],
  ['postgres://app:1234/5678@db/shop', 'it has an @ or a # after its host'],
  ['postgres://app:p@ss/word@db/shop', 'it has an @ or a # after its host'],
  ['postgres://app:1234?5678@db/shop', 'it has an @ or a # after its host'],
  ['postgres://app:p@12#34/shop', 'it has an @ or a # after its host'],
  ['postgres:///shop', 'it names no host'],
  ['postgres://app:s3cret@db', 'it names no database'],
  ['postgres://app:100%@db/shop', 'a % in it does not begin a percent-encoding'],
  ['postgres://app:caf%E9@db/shop', 'a percent-encoding in it is not of UTF-8'],
  ['postgres://app:s3cret@db/caf%E9', 'a percent-encoding in it is not of UTF-8'],
  [' postgres://app:s3cret@db/shop', 'a space in it is not percent-encoded'],
  ['postgres://app:a b%2Fc@db/shop', 'a space in it is not percent-encoded'],
  [
    'postgres://app:s3cret@db/shop?sslrootcert=/nowhere/ca.pem',
    'the file that its sslrootcert names cannot be read',
  ],
])('%s: %s', (url, reason) => {
  const refusal = refusalOf(url);
  expect(refusal).toMatchObject({
    code: 'invalid-database-url',
    message: `DATABASE_URL cannot be used: ${reason}.`,
    exitCode: 2,
  });
  expect(refusal?.hint).toContain('percent-encoded');
});

test.each(['p@ss', '-/# %?:&'])('the hint encodes the password %s', (password) => {
  const command = refusalOf('nonsense')?.hint?.split('\n').at(-1) ?? '';
  const encode = command.replace(`'p@ss'`, `'${password}'`);
  const encoded = execFileSync('sh', ['-c', encode], { encoding: 'utf8' }).trim();
  const url = `postgres://app:${encoded}@db/shop`;
  expect(refusalOf(url)).toBeUndefined();
  expect(decodeURIComponent(new URL(url).password)).toBe(password);
});
