/** The URL with its password replaced by `***`; text that is not a URL comes back as `(not a URL)`. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const redacted = new URL(url);
  if (redacted.password !== '') redacted.password = '***';
  if (redacted.searchParams.has('password')) redacted.searchParams.set('password', '***');
  return redacted.href;
}
