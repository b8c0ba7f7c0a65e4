import { UserError } from '@ecommerce-dms/errors';

/** Makes a UserError of what a person can mend; any other error comes back as it is. */
export function explainImportFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const fail = (code: string, message: string, hint: string) =>
    new UserError(code, message, { hint, cause: error });
  const sqlState = 'code' in error ? String(error.code) : '';
  // 57P: the server ends the session. A connection that just breaks has no code, or that of the socket.
  if (/^(57P|ECONNRESET|EPIPE)/.test(sqlState) || error.message.startsWith('Connection terminated')) {
    return fail(
      'connection-lost',
      `The connection to the database was lost during the import: ${error.message}.`,
      'Import again: a catalog that is already there changes nothing.',
    );
  }
  switch (sqlState) {
    case '42P01':
      return fail('no-catalog-tables', `The database is not a shop: ${error.message}.`, 'Migrate it first.');
    case '42501':
      return fail(
        'no-permission',
        `This role can't import a catalog: ${error.message}.`,
        'Import as shop_app.',
      );
    case '23505':
    case '23P01':
    case '40001':
    case '40P01':
    case '55P03':
      return fail(
        'catalog-busy',
        `Another session changed the catalog at the same time: ${error.message}. Nothing was imported.`,
        'Import again.',
      );
    default:
      return error;
  }
}
