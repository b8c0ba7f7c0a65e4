import type { LedgerEntry } from './ledger-row.ts';
import { type MigrationPlan, recordedTexts } from './plan-migration.ts';

/** What the ledger records of a planned migration. */
export function entryOf(plan: MigrationPlan): LedgerEntry {
  const { name, fingerprint, statements, replaces } = plan;
  const kind = plan.isRepeatable ? 'repeatable' : replaces.length > 0 ? 'squash' : 'versioned';
  return { name, kind, fingerprint, statements: recordedTexts(statements), replaces };
}
