import { expect, test } from 'vitest';
import { redactUrl } from './redact-url.ts';

test.each([
  {
    url: 'postgres://app:s3cret@127.0.0.1:5432/shop',
    shown: 'postgres://app:***@127.0.0.1:5432/shop',
  },
  {
    url: 'postgres://127.0.0.1/shop?user=app&password=s3cret',
    shown: 'postgres://127.0.0.1/shop?user=app&password=***',
  },
  { url: 'postgres://app@127.0.0.1/shop', shown: 'postgres://app@127.0.0.1/shop' },
  { url: 'host=127.0.0.1 password=s3cret', shown: '(not a URL)' },
])('$url is shown as $shown', ({ url, shown }) => {
  expect(redactUrl(url)).toBe(shown);
});
