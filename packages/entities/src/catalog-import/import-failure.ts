import { UserError } from '@ecommerce-dms/errors';
import { transientFailure } from '../runtime/transient-failure.ts';

/** Converts an error that a person can fix to a UserError; returns any other error as it is. */
export function explainImportFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const sqlState = 'code' in error ? String(error.code) : '';
  const failure = transientFailure(error);
  if (failure === 'connection-lost') {
    return new UserError(
      'connection-lost',
      `The connection to the database was lost during the import: ${error.message}.`,
      { hint: 'Import again: a catalog that is already there changes nothing.', cause: error },
    );
  }
  // Besides conflicts: unique_violation, exclusion_violation.
  if (failure === 'conflict' || sqlState === '23505' || sqlState === '23P01') {
    return new UserError(
      'catalog-busy',
      `Another session changed the catalog at the same time: ${error.message}. Nothing was imported.`,
      { hint: 'Import again.', cause: error },
    );
  }
  switch (sqlState) {
    case '42P01':
      return new UserError('catalog-tables-not-found', `The database is not a shop: ${error.message}.`, {
        hint: 'Migrate it first.',
        cause: error,
      });
    case '42501':
      return new UserError('permission-denied', `This role can't import a catalog: ${error.message}.`, {
        hint: 'Import as shop_app.',
        cause: error,
      });
    default:
      return error;
  }
}
