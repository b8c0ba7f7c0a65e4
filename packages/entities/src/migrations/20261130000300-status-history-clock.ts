import { SqlMigration } from './sql-migration.ts';

/** The history of an order has the time by the clock. */
export class StatusHistoryClock extends SqlMigration {
  protected override readonly upStatements = [
    // Not the start of the transaction, which may have waited for the lock of the order: so the times of what happened
    // to one order, to its payments included, are in the order in which it happened.
    `alter table order_status_history alter column changed_at set default clock_timestamp()`,
  ];

  protected override readonly downStatements = [
    `alter table order_status_history alter column changed_at set default now()`,
  ];
}
