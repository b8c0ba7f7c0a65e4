/** The SQLSTATE of PostgreSQL's error, also when it is the cause of a UserError; undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('severity' in error && 'code' in error && typeof error.code === 'string') return error.code;
  return sqlState(error.cause);
}
