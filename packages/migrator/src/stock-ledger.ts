import type { Fault } from './refuse-faults.ts';
import { qualifiedName } from './identifiers.ts';
import type { Ledger } from './ledger.ts';

/** The table of MikroORM's own migrator. */
export const stockTableName = 'mikro_orm_migrations';

/** Pending migrations that MikroORM's own migrator has applied: running them again would fail, or repeat changes. */
export async function stockFaults(ledger: Ledger, pending: readonly string[]): Promise<Fault[]> {
  const table = qualifiedName([ledger.getTableName().schemaName, stockTableName]);
  const [found] = await ledger.query('select to_regclass(?) is not null as exists', [table]);
  if (found?.['exists'] !== true) return [];
  const rows = await ledger.query(`select name from ${table}`);
  const applied = new Set(rows.map(({ name }) => String(name)));
  return pending
    .filter((name) => applied.has(name))
    .map((name) => ({
      name,
      problem: `was applied by MikroORM's own migrator. Record it with logMigration().`,
    }));
}
