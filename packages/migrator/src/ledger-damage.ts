import { UserError } from '@ecommerce-dms/errors';
import type { LedgerRow } from './ledger-row.ts';

const known = {
  kind: ['versioned', 'repeatable', 'baseline', 'squash'],
  state: ['applied', 'running', 'failed'],
  direction: ['up', 'down'],
} satisfies { [Column in 'kind' | 'state' | 'direction']: LedgerRow[Column][] };

/**
 * Refuses rows that only a newer version of this package, a restore without constraints or a hand can have written:
 * whoever guesses what they mean runs something twice, or not at all.
 *
 * @param table quoted
 * @throws UserError `ledger-damaged`: names all of them.
 */
export function refuseDamagedRows(table: string, rows: readonly Record<string, unknown>[]): void {
  const names = rows.map(({ name }) => String(name));
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  const faults = [
    ...[...new Set(repeated)].map((name) => `${name} is there ${count(names, name)} times`),
    ...rows.flatMap((row) =>
      Object.entries(known).flatMap(([column, values]) =>
        (values as unknown[]).includes(row[column])
          ? []
          : [`${String(row['name'])} has the ${column} ${JSON.stringify(row[column])}`],
      ),
    ),
    ...rows.flatMap(({ name, next_statement: next }) =>
      Number.isInteger(next) && Number(next) >= 0
        ? []
        : [`${String(name)} has the next_statement ${String(next)}`],
    ),
  ];
  if (faults.length > 0) throw damagedLedger(table, faults);
}

function count(names: readonly string[], name: string): number {
  return names.filter((each) => each === name).length;
}

/** @param faults what the ledger has or lacks, each as the end of a sentence */
export function damagedLedger(table: string, faults: readonly string[]): UserError {
  return new UserError(
    'ledger-damaged',
    `The ledger ${table} is not as this version writes it, so what has been applied is unknown:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    {
      hint: 'If a newer version of the package has written it, use that one. Otherwise correct these rows by hand, or restore the table from a backup.',
    },
  );
}
