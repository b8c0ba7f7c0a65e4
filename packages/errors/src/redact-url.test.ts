import { expect, test } from 'vitest';
import { redactUrl } from './redact-url.ts';

test.each([
  ['postgres://app:s3cret@127.0.0.1:5432/shop', 'postgres://app:***@127.0.0.1:5432/shop'],
  ['postgres://127.0.0.1/shop?user=app&password=s3cret', 'postgres://127.0.0.1/shop?user=app&password=***'],
  ['postgres://app@127.0.0.1/shop', 'postgres://app@127.0.0.1/shop'],
  ['host=127.0.0.1 password=s3cret', '(not a URL)'],
])('%s is shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});
