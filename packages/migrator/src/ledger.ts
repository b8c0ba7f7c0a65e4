import { UserError } from '@ecommerce-dms/errors';
import type { MigrationsOptions, Transaction } from '@mikro-orm/core';
import { MigrationStorage } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { connectionError, isConnectionFailure } from './connection-error.ts';
import { withoutEnding } from './files/migration-name.ts';
import { qualifiedName } from './identifiers.ts';
import { createLedgerSql, type LedgerRow } from './ledger-row.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { sqlState } from './sql-state.ts';

/** Runs a query with `?` placeholders and returns its rows. */
export interface Queryable {
  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** The table of applied migrations: one row per migration, with its checksum and how far it got. */
export class Ledger extends MigrationStorage implements Queryable {
  readonly #checksumOf: (name: string) => Promise<string>;
  #transaction: Transaction | undefined;

  /** @param checksumOf returns the checksum of a migration in the code; `logMigration` has only its name */
  constructor(
    driver: AbstractSqlDriver,
    options: MigrationsOptions,
    checksumOf: (name: string) => Promise<string>,
  ) {
    super(driver, options);
    this.#checksumOf = checksumOf;
  }

  override getMigrationName(name: string): string {
    return withoutEnding(name);
  }

  /** The quoted, qualified name of the table. */
  get table(): string {
    const { schemaName, tableName } = this.getTableName();
    return qualifiedName([schemaName, tableName]);
  }

  /** Runs a query on the ORM's own connection. */
  async query(sql: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const connection = this.driver.getConnection();
    try {
      return await connection.execute(sql, params, 'all', this.#transaction);
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
      throw connectionError(connection.getConnectionOptions(), error);
    }
  }

  /** MikroORM's rollup() changes several rows in one transaction. */
  override setMasterMigration(transaction: Transaction): void {
    this.#transaction = transaction;
  }

  override unsetMasterMigration(): void {
    this.#transaction = undefined;
  }

  /** All rows in the order of application; none when there is no table. Creates nothing. */
  async rows(session: Queryable = this): Promise<LedgerRow[]> {
    if (!(await this.relationExists(this.table, session))) return [];
    const columns =
      'id, name, checksum, state, direction, down_checksum, next_statement, executed_at, execution_ms, executed_by';
    const rows = await session
      .query(`select ${columns} from ${this.table} order by id`)
      .catch((error: unknown) => Promise.reject(this.#readError(error)));
    return rows.map((row) => ({
      ...(row as unknown as LedgerRow),
      executed_at: new Date(String(row['executed_at'])),
    }));
  }

  /** Whether a table, view or index exists; `name` is quoted. */
  async relationExists(name: string, session: Queryable = this): Promise<boolean> {
    const [found] = await session.query('select to_regclass(?) is not null as exists', [name]);
    return found?.['exists'] === true;
  }

  /**
   * Creates the table, and its schema, unless they exist. The caller holds the run lock.
   *
   * It looks first: IF NOT EXISTS needs the right to create even where nothing has to be created.
   */
  override async ensureTable(): Promise<void> {
    if (await this.relationExists(this.table)) return;
    const schema = qualifiedName([this.getTableName().schemaName]);
    const [found] = await this.query('select to_regnamespace(?) is not null as exists', [schema]);
    if (found?.['exists'] !== true) await this.query(`create schema ${schema}`);
    await this.query(createLedgerSql(this.table));
  }

  /** Records an applied migration, or one that begins outside a transaction. */
  async insert(session: Queryable, plan: MigrationPlan, state: 'applied' | 'running'): Promise<void> {
    const done = state === 'applied' ? plan.statements.length : 0;
    await session.query(
      `insert into ${this.table} (name, checksum, state, next_statement) values (?, ?, ?, ?)`,
      [plan.name, plan.checksum, state, done],
    );
  }

  /** Changes columns of a migration's row. */
  async update(
    session: Queryable,
    name: string,
    changes: Partial<Omit<LedgerRow, 'id' | 'name'>>,
  ): Promise<void> {
    const columns = Object.keys(changes).map((column) => `${qualifiedName([column])} = ?`);
    await session.query(`update ${this.table} set ${columns.join(', ')} where name = ?`, [
      ...Object.values(changes),
      name,
    ]);
  }

  /** Marks a migration that ran outside a transaction as applied now. */
  async finish(session: Queryable, name: string, executionMs: number): Promise<void> {
    await session.query(
      `update ${this.table} set state = 'applied', execution_ms = ?, executed_at = now() where name = ?`,
      [executionMs, name],
    );
  }

  /** Forgets a migration. */
  async remove(session: Queryable, name: string): Promise<void> {
    await session.query(`delete from ${this.table} where name = ?`, [name]);
  }

  /** What MikroORM may revert. It begins with the last name: a half-reverted migration, else the last applied one. */
  override async executed(): Promise<string[]> {
    const rows = await this.rows();
    const reverting = rows.filter((row) => row.direction === 'down');
    const applied = rows.filter((row) => row.direction === 'up' && row.state === 'applied');
    return [...applied, ...reverting].map((row) => row.name);
  }

  override async getExecutedMigrations(): Promise<LedgerRow[]> {
    return (await this.rows()).filter((row) => row.state === 'applied');
  }

  override async logMigration({ name }: { name: string }): Promise<void> {
    const migrationName = this.getMigrationName(name);
    const checksum = await this.#checksumOf(migrationName);
    await this.ensureTable();
    const inserted = await this.query(
      `insert into ${this.table} (name, checksum, state, next_statement) values (?, ?, 'applied', 0)
       on conflict (name) do nothing returning name`,
      [migrationName, checksum],
    );
    if (inserted.length === 0) {
      throw new UserError(
        'migration-recorded',
        `Migration ${migrationName} is already in the ledger ${this.table}.`,
        { hint: 'info() shows its state.' },
      );
    }
  }

  override async unlogMigration({ name }: { name: string }): Promise<void> {
    const removed = await this.query(`delete from ${this.table} where name in (?, ?) returning name`, [
      name,
      this.getMigrationName(name),
    ]);
    if (removed.length > 0) return;
    throw new UserError('migration-not-found', `There is no migration ${name} in the ledger ${this.table}.`, {
      hint: 'Check its name with info().',
    });
  }

  #readError(error: unknown): unknown {
    switch (sqlState(error)) {
      case '42703': // undefined_column
        return new UserError('ledger-foreign', `Table ${this.table} is not a ledger of this migrator.`, {
          hint: 'Set migrations.tableName to another name.',
          cause: error,
        });
      case '42501': // insufficient_privilege
        return new UserError(
          'ledger-unreadable',
          `The database user may not read the ledger ${this.table}.`,
          {
            hint: `Grant select on ${this.table} to that user.`,
            cause: error,
          },
        );
      default:
        return error;
    }
  }
}
