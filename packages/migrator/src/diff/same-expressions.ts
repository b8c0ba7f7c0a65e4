import type { Transaction } from '@mikro-orm/core';
import type { AbstractSqlDriver, TableDifference } from '@mikro-orm/postgresql';
import { qualifiedName } from '../identifiers.ts';

/** Runs a query in the transaction. */
type Query = (sql: string, params?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * Gives checks and defaults of the database the text that the entities have, where PostgreSQL takes both for the same:
 * it stores `x between 1 and 2` as `((x >= 1) AND (x <= 2))`, and MikroORM compares texts. The expression of the entity
 * is put on an empty copy of the table, which is rolled back; what PostgreSQL makes of it is compared.
 */
export async function adoptSameExpressions(
  driver: AbstractSqlDriver,
  changes: readonly TableDifference[],
): Promise<void> {
  for (const change of changes) adoptIdentities(change);
  const open = changes.filter(
    ({ changedChecks, changedColumns }) =>
      Object.keys(changedChecks).length > 0 ||
      Object.values(changedColumns).some(({ changedProperties }) => changedProperties.has('default')),
  );
  if (open.length === 0) return;
  const connection = driver.getConnection();
  await connection
    .transactional(async (transaction: Transaction) => {
      for (const change of open) {
        await adoptExpressions((sql, params) => connection.execute(sql, params, 'all', transaction), change);
      }
      throw new RolledBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
}

class RolledBack extends Error {}

/** MikroORM reads an identity from the database as an autoincrement, and would drop its default, which it has not. */
function adoptIdentities({ fromTable, changedColumns }: TableDifference): void {
  for (const { column, fromColumn, changedProperties } of Object.values(changedColumns)) {
    if (!/identity/i.test(column.generated ?? '') || !/identity/i.test(fromColumn.generated ?? '')) continue;
    const own = fromTable.getColumn(fromColumn.name);
    if (own !== undefined && changedProperties.has('autoincrement')) own.autoincrement = column.autoincrement;
  }
}

async function adoptExpressions(
  query: Query,
  { fromTable, changedChecks, changedColumns }: TableDifference,
): Promise<void> {
  const table = qualifiedName(fromTable.schema ? [fromTable.schema, fromTable.name] : [fromTable.name]);
  const attempt = async (isSame: () => Promise<boolean>, adopt: () => void): Promise<void> => {
    await query('savepoint attempt');
    try {
      await query(`create temporary table expression_probe (like ${table})`);
      if (await isSame()) adopt();
    } catch {
      // An expression of a column that is not there yet is a change.
    }
    await query('rollback to savepoint attempt');
  };
  for (const [name, check] of Object.entries(changedChecks)) {
    const constraint = qualifiedName([name]);
    await attempt(
      async () => {
        await query(
          `alter table expression_probe add constraint ${constraint} check (${String(check.expression)})`,
        );
        const [row] = await query(
          `select count(distinct regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '')) = 1 and count(*) = 2 as same
           from pg_constraint where conname = ? and conrelid in ('expression_probe'::regclass, ?::regclass)`,
          [name, table],
        );
        return row?.['same'] === true;
      },
      () => fromTable.setChecks(fromTable.getChecks().map((own) => (own.name === name ? check : own))),
    );
  }
  for (const { column, fromColumn, changedProperties } of Object.values(changedColumns)) {
    const own = fromTable.getColumn(fromColumn.name);
    if (own === undefined || column.default == null || !changedProperties.has('default')) continue;
    await attempt(
      async () => {
        const name = qualifiedName([fromColumn.name]);
        await query(`alter table expression_probe alter column ${name} set default ${column.default}`);
        const [row] = await query(
          `select count(distinct pg_get_expr(adbin, adrelid)) = 1 and count(*) = 2 as same
           from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
           where attname = ? and adrelid in ('expression_probe'::regclass, ?::regclass)`,
          [fromColumn.name, table],
        );
        return row?.['same'] === true;
      },
      () => {
        // MikroORM takes `nextval()` in the database for no default, whatever the entity says.
        own.ignoreSchemaChanges = ['default'];
        own.autoincrement = column.autoincrement;
      },
    );
  }
}
