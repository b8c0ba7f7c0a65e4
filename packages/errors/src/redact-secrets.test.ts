import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactSecrets } from './redact-secrets.ts';

test.each([
  { text: 'postgres://app:s3cret@db:5432/shop', shown: 'postgres://app:***@db:5432/shop' },
  { text: 'postgres://app:p@ss/w#r d?%@db/shop', shown: 'postgres://app:***@db/shop' },
  {
    text: "from 'postgres://a:x@one/d' to postgres://b:y@two/d",
    shown: "from 'postgres://a:***@one/d' to postgres://b:***@two/d",
  },
  { text: 'amqp://app:s3cret@queue:1234/', shown: 'amqp://app:***@queue:1234/' },
  {
    text: 'postgres://db/shop?password=s3cret&sslmode=require',
    shown: 'postgres://db/shop?password=***&sslmode=require',
  },
  { text: "host=db password='it\\'s a secret' user=app", shown: 'host=db password=*** user=app' },
  { text: 'PGPASSWORD=s3cret psql', shown: 'PGPASSWORD=*** psql' },
  {
    text: 'db:5432/?Action=connect&X-Amz-Signature=abc&DBUser=app',
    shown: 'db:5432/?Action=connect&X-Amz-Signature=***&DBUser=app',
  },
])('$text is shown as $shown', ({ text, shown }) => {
  expect(redactSecrets(text)).toBe(shown);
  expect(redactSecrets(shown)).toBe(shown);
});

test.each([
  'http://127.0.0.1:9000/a mail@example.com',
  'at file:///app/node_modules/@mikro-orm/core@7.2.1/x.js:1:2',
])('%s has no secret', (text) => {
  expect(redactSecrets(text)).toBe(text);
});

test('a known secret is hidden on its own, encoded and decoded', () => {
  const secrets = ['postgres://app:correct%20horse%2Fbattery@db/shop', 'a bare\ttoken'];
  for (const text of [
    'correct horse/battery',
    'correct%20horse%2fbattery',
    'correct+horse%2Fbattery',
    '"a bare\\ttoken"',
  ]) {
    expect(redactSecrets(`(${text})`, secrets)).toMatch(/^\("?\*\*\*"?\)$/);
  }
});

test('a short word, or one that is also a name, is not hidden on its own', () => {
  const text = '{"user": "postgres", "command": "admin"}';
  expect(redactSecrets(text, ['postgres://postgres:postgres@db/postgres', 'admin'])).toBe(text);
});

/** Ways in which a URL gets into what is printed. */
const messages: ((url: string) => string)[] = [
  (url) => `Cannot connect to ${url}: no such host`,
  (url) =>
    inspect(Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: url, stack: 'x' })),
  (url) =>
    inspect(new Error('failed', { cause: { message: "it's", config: [url] } })).replaceAll(
      /^ +at .*\n/gm,
      '',
    ),
  (url) => JSON.stringify({ url, note: `"${url}"` }, null, 2),
  (url) => encodeURIComponent(url),
];
const message = fc.constantFrom(...messages);
const place = fc.constantFrom<(password: string) => string>(
  (password) => `postgres://app:${password}@db.example.com:5432/shop`,
  (password) => `postgresql://app:${encodeURIComponent(password)}@db.example.com/shop?sslmode=require`,
  (password) => `postgres://db.example.com/shop?user=app&password=${encodeURIComponent(password)}`,
);
// A line break ends a variable's value, or is dropped by URL.
const password = fc
  .string({ unit: 'grapheme', minLength: 8, maxLength: 40 })
  .filter((text) => text.trim() === text);

/** The quotes and line breaks that `inspect` chooses depend on the text, but reveal nothing of it. */
function withoutLayout(text: string): string {
  return text.replaceAll(/["'`]/g, '"').replaceAll(/\s+/g, ' ');
}

test('what is printed of an error with a known URL does not depend on the password', () => {
  fc.assert(
    fc.property(message, place, password, password, (write, at, one, other) => {
      const print = (secret: string) => withoutLayout(redactSecrets(write(at(secret)), [at(secret)]));
      expect(print(one)).toBe(print(other));
      expect(print(one)).toContain('***');
    }),
    { numRuns: 2000 },
  );
});

test('neither does what is printed of an error with an unknown URL, unless the password has quotes', () => {
  const unquoted = password.filter((text) => !/["'`\\]/.test(text));
  fc.assert(
    fc.property(
      fc.constantFrom(...messages.slice(0, 4)),
      place,
      unquoted,
      unquoted,
      (write, at, one, other) => {
        const print = (secret: string) => withoutLayout(redactSecrets(write(at(secret))));
        expect(print(one)).toBe(print(other));
      },
    ),
    { numRuns: 2000 },
  );
});

test('a known secret is hidden in every encoding', () => {
  fc.assert(
    fc.property(
      password,
      fc.constantFrom(encodeURIComponent, encodeURI, inspect, JSON.stringify, String),
      (secret, write) => {
        expect(redactSecrets(`before ${write(secret)} after`, [secret])).toMatch(
          /^before (["'`]?)\*\*\*\1 after$/,
        );
      },
    ),
    { numRuns: 2000 },
  );
});
