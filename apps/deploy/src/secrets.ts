/** Variables whose values are secret, or URLs that hold one. */
const variables = [
  'DATABASE_URL',
  'DATABASE_READER_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_ADMIN_URL',
  'PGPASSWORD',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];
const kept = new Set<string>();

/** Hides a password, token or URL with one from everything that this process prints from now on. */
export function keepSecret(secret: string): void {
  kept.add(secret);
}

/** What must not be printed: of the environment's variables, and what {@link keepSecret} was told. */
export function knownSecrets(): string[] {
  return [...variables.map((name) => process.env[name] ?? ''), ...kept].filter((secret) => secret !== '');
}
