import type { Ledger } from '../ledger.ts';
import { type Fault, refuse } from '../refuse-faults.ts';
import { type LedgerSource, rowOfSources } from '../ledger-row.ts';

/** A migration that is recorded without being run. */
export interface RecordedMigration {
  name: string;
  /** Default: now. */
  executedAt?: Date;
  sources: LedgerSource[];
}

/** Records migrations as applied, in the given order; adds the sources to those that are recorded already. */
export async function recordApplied(ledger: Ledger, migrations: readonly RecordedMigration[]): Promise<void> {
  for (const { name, executedAt, sources } of migrations) {
    // The ids are made as the ledger makes them: from no sequence.
    await ledger.query(
      `insert into ${ledger.table} as ledger (id, name, kind, state, executed_at, sources)
       values ((select coalesce(max(id), 0) + 1 from ${ledger.table}), ?, 'baseline', 'applied',
         coalesce(?::timestamptz, now()), ?::jsonb)
       on conflict (name) do update set sources = ledger.sources || excluded.sources`,
      [name, executedAt?.toISOString() ?? null, JSON.stringify(sources)],
    );
  }
}

/** Records that entries of a history are known, although no migration stands for them. */
export function recordKnown(ledger: Ledger, sources: LedgerSource[]): Promise<void> {
  return recordApplied(ledger, sources.length === 0 ? [] : [{ name: rowOfSources, sources }]);
}

/** @throws UserError `migrations-refused`: names every fault; nothing is thrown when there are none. */
export function refuseRecording(faults: readonly Fault[]): void {
  refuse(faults, 'Nothing was recorded');
}
