import { UserError } from '@ecommerce-dms/errors';
import { migratorCommand } from './migrator-command.ts';
import { qualifiedName } from './identifiers.ts';
import { sqlState } from './sql-state.ts';

interface LedgerName {
  /** Quoted, with its schema. */
  table: string;
  schema: string;
}

/** Who writes the ledger, and where. */
export interface LedgerWriter {
  /** Quoted. */
  user: string;
  /** Whether the server only follows another one. */
  isStandby: boolean;
}

/**
 * A failure to write the ledger, as such: no statement of a migration is at fault.
 */
export function ledgerError(ledger: LedgerName, writer: LedgerWriter, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    'ledger-unwritable',
    `The ledger ${ledger.table} could not be written: ${reason} (SQLSTATE ${sqlState(cause)}).`,
    { hint: remedyFor(ledger, writer, cause, reason), cause },
  );
}

function remedyFor(
  ledger: LedgerName,
  { user: grantee, isStandby }: LedgerWriter,
  cause: unknown,
  reason: string,
): string {
  switch (sqlState(cause)) {
    case '42501': // insufficient_privilege
      if (/for schema/.test(reason)) {
        const schema = qualifiedName([ledger.schema]);
        return `Run as the owner of the schema: grant usage, create on schema ${schema} to ${grantee};`;
      }
      if (/for database/.test(reason)) {
        const schema = qualifiedName([ledger.schema]);
        return `Run as the owner of the database: create schema ${schema} authorization ${grantee};`;
      }
      return `Run as the owner of the table: grant select, insert, update, delete on ${ledger.table} to ${grantee};`;
    case '25006': // read_only_sql_transaction
      if (isStandby) return 'The server is a standby, which takes no writes: connect to its writer.';
      return `A statement of the migration, or a setting of ${grantee}, has made the transaction read only: take it away, as with alter role ${grantee} set default_transaction_read_only = off;`;
    case '23505': // unique_violation
      return `Another run has recorded it meanwhile: ${migratorCommand('info')} shows its state.`;
    default:
      return 'Correct what PostgreSQL says about the table.';
  }
}
