import { redactSecrets } from './redact-secrets.ts';

/** Replaces the password in a URL with `***`. A text that is not a URL becomes `(not a URL)`. */
export function redactUrl(url: string): string {
  return URL.canParse(url) ? redactSecrets(url, [url]) : '(not a URL)';
}
