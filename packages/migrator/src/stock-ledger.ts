import type { Fault } from './refuse-faults.ts';
import { qualifiedName } from './identifiers.ts';
import type { Ledger } from './ledger.ts';

/** The table of MikroORM's own migrator. */
export const stockTableName = 'mikro_orm_migrations';

/** Pending migrations that MikroORM's own migrator has applied: running them again would fail, or repeat changes. */
export async function stockFaults(ledger: Ledger, pending: readonly string[]): Promise<Fault[]> {
  const table = qualifiedName([ledger.getTableName().schemaName, stockTableName]);
  // NULL when there is no such table.
  const [found] = await ledger.query(`select has_table_privilege(to_regclass(?), 'select') as readable`, [
    table,
  ]);
  if (found?.['readable'] !== true) return [];
  const rows = await ledger.query(`select name from ${table}`);
  const applied = new Set(rows.map(({ name }) => String(name)));
  return pending
    .filter((name) => applied.has(name))
    .map((name) => ({
      name,
      problem: `was applied by MikroORM's own migrator. Record it with logMigration().`,
    }));
}
