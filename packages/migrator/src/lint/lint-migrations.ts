import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { emit } from '../collect-queries.ts';
import { planMigration } from '../plan-migration.ts';
import { refuse } from '../refuse-faults.ts';
import type { MigrationSource } from '../migration-source.ts';
import type { MigratorContext } from '../migrator-context.ts';
import type { Finding } from './finding.ts';
import type { LintMigration } from './lint-statement.ts';
import { type LintOptions, lintStatements } from './lint-statements.ts';
import { readSchemaModel } from './read-schema-model.ts';

/** Options of `lint`. */
export interface LintRunOptions extends Omit<LintOptions, 'model'> {
  /** Judge all migrations of the code, as on an empty database, and ask no database. Default false: those that are pending. */
  all?: boolean;
  /** Ask the database for sizes, columns, constraints and versions. Default true; never with `all`. */
  database?: boolean;
}

/** Judges what migrations of the code emit: those that are pending, or with `all` the whole history. */
export async function lintMigrations(context: MigratorContext, options: LintRunOptions): Promise<Finding[]> {
  if (options.all === true) return lintSources(await context.discover(), context, options);
  return context.inSchema(context.options.schema, async () => {
    const { sources, statuses } = await context.survey();
    const pending = new Set(
      statuses.filter(({ state }) => state === 'pending' || state === 'out-of-order').map(({ name }) => name),
    );
    return lintSources(
      sources.filter(({ name }) => pending.has(name)),
      context,
      options,
    );
  });
}

async function lintSources(
  sources: readonly MigrationSource[],
  { driver, ledger }: MigratorContext,
  { all = false, database = true, ...options }: LintRunOptions,
): Promise<Finding[]> {
  const model = all || !database ? undefined : await readSchemaModel((sql) => ledger.query(sql));
  const migrations: LintMigration[] = [];
  for (const source of sources) migrations.push(await lintMigration(source, driver));
  return lintStatements(migrations, { ...options, ...(model && { model }) });
}

async function lintMigration(source: MigrationSource, driver: AbstractSqlDriver): Promise<LintMigration> {
  const { name, path } = source;
  const { nonTransactionalReason, faults } = await planMigration(source, 'up', driver);
  refuse(faults.map((problem) => ({ name, problem })));
  const { queries, isOpaque } = await emit(source, 'up', driver);
  return { name, path, transactional: nonTransactionalReason === undefined, queries, isOpaque };
}
