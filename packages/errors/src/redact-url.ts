import { redactSecrets } from './redact-secrets.ts';

/** The URL with its password replaced by `***`; text that is not a URL comes back as `(not a URL)`. */
export function redactUrl(url: string): string {
  return URL.canParse(url) ? redactSecrets(url, [url]) : '(not a URL)';
}
