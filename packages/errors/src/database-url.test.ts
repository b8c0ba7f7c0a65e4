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
  'postgres://app:p%40ss@127.0.0.1:5432/shop?sslmode=require',
  'postgresql://db/shop?user=app&password=p%40ss',
  'postgres://app@[::1]/shop',
  'postgres:///shop?host=/run/postgresql',
])('%s can be used', (url) => {
  expect(refusalOf(url)).toBeUndefined();
});

const urlsByFault = {
  'it is not a URL': ['postgres://app:p@ss w#rd@db:port/shop', 'host=db user=app password=s3cret'],
  'it does not begin with postgres:// or postgresql://': ['app:s3cret@db/shop', 'mysql://app:s3cret@db/shop'],
  'it has an @ or a # after its host': [
    'postgres://app:1234/5678@db/shop',
    'postgres://app:p@ss/word@db/shop',
    'postgres://app:1234?5678@db/shop',
    'postgres://app:p@12#34/shop',
  ],
  'it names no host': ['postgres:///shop'],
  'it names no database': ['postgres://app:s3cret@db'],
  'a % in it does not begin a percent-encoding': ['postgres://app:100%@db/shop'],
  'a percent-encoding in it is not UTF-8': [
    'postgres://app:caf%E9@db/shop',
    'postgres://app:s3cret@db/caf%E9',
  ],
  'a space in it is not percent-encoded': [
    ' postgres://app:s3cret@db/shop',
    'postgres://app:a b%2Fc@db/shop',
  ],
  'the file that sslrootcert names cannot be read': [
    'postgres://app:s3cret@db/shop?sslrootcert=/nowhere/ca.pem',
  ],
};
const refused = Object.entries(urlsByFault).flatMap(([fault, urls]) => urls.map((url) => ({ url, fault })));

test.each(refused)('$url: $fault', ({ url, fault }) => {
  const refusal = refusalOf(url);
  expect(refusal).toMatchObject({
    code: 'invalid-database-url',
    message: `DATABASE_URL cannot be used: ${fault}.`,
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
