import { AsyncLocalStorage } from 'node:async_hooks';
import { UserError } from '@ecommerce-dms/errors';
import type { MigrationsOptions, Transaction } from '@mikro-orm/core';
import { MigrationStorage } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { connectionError, isConnectionFailure } from './connection-error.ts';
import { withoutEnding } from './files/migration-name.ts';
import { qualifiedName } from './identifiers.ts';
import { damagedLedger, refuseDamagedRows } from './ledger-damage.ts';
import { ledgerError, type LedgerWriter } from './ledger-error.ts';
import {
  createLedgerSql,
  type LedgerEntry,
  type LedgerRow,
  type LedgerSource,
  rowOfSources,
} from './ledger-row.ts';
import { migratorCommand } from './migrator-command.ts';
import { sqlState } from './sql-state.ts';

/** Runs a query with `?` placeholders and returns its rows. */
export interface Queryable {
  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** The name of the ledger where the options give none. */
export const defaultTableName = 'migration_ledger';

/** Names longer than PostgreSQL's would be cut off to the same one. */
function besideName(tableName: string): string {
  return `${tableName.slice(0, 50)}_ledger`;
}

/** What the queries of one call have in common. */
interface Scope {
  /** The schema of the call; undefined is that of the options. */
  schema?: string;
  transaction?: Transaction;
  /** Read ahead in a transaction, which answers nothing more once a statement of it has failed. */
  writer?: LedgerWriter;
  /** Whether the ledger is beside the named table; undefined until that was looked up. */
  isBesideNamedTable?: boolean;
}

/** The table of applied migrations: one row per migration, with what it ran and how far it got. */
export class Ledger extends MigrationStorage implements Queryable {
  readonly #isInCode: (name: string) => Promise<boolean>;
  // Of one call, not of the migrator: another call can run meanwhile.
  readonly #scope = new AsyncLocalStorage<Scope>();
  readonly #unscoped: Scope = {};

  /** @param isInCode whether the code has a migration; `logMigration` has only its name */
  constructor(
    driver: AbstractSqlDriver,
    options: MigrationsOptions,
    isInCode: (name: string) => Promise<boolean>,
  ) {
    super(driver, options);
    this.#isInCode = isInCode;
  }

  override getMigrationName(name: string): string {
    return withoutEnding(name);
  }

  /** The quoted, qualified name of the table. */
  get table(): string {
    const { schemaName, tableName } = this.getTableName();
    return qualifiedName([schemaName, tableName]);
  }

  /** The name with its schema, unquoted: `public.migration_ledger`. */
  get qualifiedTableName(): string {
    const { schemaName, tableName } = this.getTableName();
    return `${schemaName}.${tableName}`;
  }

  /**
   * The table that `tableName` of the options names; where that is not a ledger, such as the table of MikroORM's own
   * migrator, the ledger is beside it, with `_ledger` at the end of the name.
   */
  override getTableName(): ReturnType<MigrationStorage['getTableName']> {
    const named = super.getTableName();
    const { schema, isBesideNamedTable = false } = this.#scoped;
    return {
      ...named,
      schemaName: schema ?? named.schemaName,
      tableName: isBesideNamedTable ? besideName(named.tableName) : named.tableName,
    };
  }

  /** Calls `use` with the ledger of a schema; undefined is that of the options. */
  inSchema<Result>(schema: string | undefined, use: () => Promise<Result>): Promise<Result> {
    return this.#scope.run({ schema: schema === '' ? undefined : schema }, use);
  }

  /** Nothing to do: {@link inSchema} is around all that MikroORM does for a call. */
  override setRunSchema(): void {}

  /** Nothing to do. */
  override unsetRunSchema(): void {}

  get #scoped(): Scope {
    return this.#scope.getStore() ?? this.#unscoped;
  }

  /** Finds out which table the ledger is: {@link getTableName}. */
  async #locate(session: Queryable): Promise<void> {
    const scope = this.#scoped;
    const named = super.getTableName();
    const { tableName } = named;
    if (tableName === defaultTableName) return;
    const schemaName = scope.schema ?? named.schemaName;
    const [row] = await session.query(
      `select to_regclass(?) is not null
         or to_regclass(?) is not null and not exists (select from pg_attribute
              where attrelid = to_regclass(?) and attname = 'next_statement') as is_beside`,
      [
        qualifiedName([schemaName, besideName(tableName)]),
        ...[1, 2].map(() => qualifiedName([schemaName, tableName])),
      ],
    );
    scope.isBesideNamedTable = row?.['is_beside'] === true;
  }

  /** Runs `use` with all queries of the ledger in one transaction. */
  async inTransaction<Result>(use: () => Promise<Result>): Promise<Result> {
    const writer = await this.writer();
    return this.driver
      .getConnection()
      .transactional((transaction: Transaction) =>
        this.#scope.run({ ...this.#scoped, transaction, writer }, use),
      );
  }

  /** Runs a query on the ORM's own connection. */
  async query(sql: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const connection = this.driver.getConnection();
    try {
      return await connection.execute(sql, params, 'all', this.#scoped.transaction);
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
      throw connectionError(connection.getConnectionOptions(), error);
    }
  }

  /** All rows in the order of application, without the statements; none when there is no table. Creates nothing. */
  async rows(session: Queryable = this): Promise<LedgerRow[]> {
    await this.#locate(session);
    if (!(await this.relationExists(this.table, session))) return [];
    const rows = await session
      .query(`${selectRows(this.table)} where name <> '${rowOfSources}' order by id`)
      .catch(async (error: unknown) => {
        throw await this.#readError(error);
      });
    refuseDamagedRows(this.table, rows);
    return rows.map(toRow);
  }

  /** The row of a migration, if there is one; the table exists. */
  async row(session: Queryable, name: string): Promise<LedgerRow | undefined> {
    const [row] = await session.query(`${selectRows(this.table)} where name = ?`, [name]);
    return row && toRow(row);
  }

  /** The entries of other tools' histories that the ledger stands for; none when there is no table. */
  async sources(): Promise<LedgerSource[]> {
    await this.#locate(this);
    if (!(await this.relationExists(this.table))) return [];
    const rows = await this.query(
      `select source.* from ${this.table}, jsonb_to_recordset(sources) as source(tool text, "table" text, entries jsonb)`,
    );
    return rows as unknown as LedgerSource[];
  }

  /** The statements of migrations, by name; those that were recorded without any are left out. */
  async statementsOf(names: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.query(
      `select name, statements from ${this.table}
       where statements is not null and name in (select jsonb_array_elements_text(?::jsonb))`,
      [JSON.stringify(names)],
    );
    return new Map(rows.map((row) => [String(row['name']), fromJson(row['statements'])]));
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
    await this.#locate(this);
    if (await this.relationExists(this.table)) return await this.#requireUniqueNames();
    const schema = qualifiedName([this.getTableName().schemaName]);
    const [found] = await this.query('select to_regnamespace(?) is not null as exists', [schema]);
    if (found?.['exists'] !== true) await this.#write(this, `create schema ${schema}`);
    await this.#write(this, createLedgerSql(this.table));
  }

  /** The unique names keep out a second run even where the lock is lost; a restore of the rows alone has none. */
  async #requireUniqueNames(): Promise<void> {
    const [row] = await this.query(
      `select exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
         where i.indrelid = to_regclass(?) and i.indisunique and i.indisvalid and i.indpred is null
           and i.indnkeyatts = 1 and a.attname = 'name') as is_unique`,
      [this.table],
    );
    if (row?.['is_unique'] === true) return;
    throw new UserError('ledger-damaged', `The names in the ledger ${this.table} are not unique.`, {
      hint: `Its owner can make them so: \`alter table ${this.table} add unique (name)\`. Then run the same again.`,
    });
  }

  /** Records a migration that is applied, or one that begins outside a transaction. */
  async insert(session: Queryable, entry: LedgerEntry, state: 'applied' | 'running'): Promise<void> {
    const { name, kind, fingerprint, statements, replaces } = entry;
    const done = state === 'applied' ? (statements?.length ?? 0) : 0;
    await this.#write(
      session,
      `insert into ${this.table} (id, name, kind, fingerprint, statements, replaces, state, next_statement)
       select coalesce(max(id), 0) + 1, ?, ?, ?::text, ?::jsonb, ?::jsonb, ?, ? from ${this.table}
       ${kind === 'repeatable' ? applyAgain : ''}`,
      [
        name,
        kind,
        fingerprint,
        statements && JSON.stringify(statements),
        JSON.stringify(replaces),
        state,
        done,
      ],
    );
  }

  /** Changes columns of a migration's row. */
  async update(
    session: Queryable,
    name: string,
    changes: Partial<Pick<LedgerRow, ChangingColumn>>,
  ): Promise<void> {
    const columns = Object.keys(changes).map((column) => `${qualifiedName([column])} = ?`);
    await this.#write(session, `update ${this.table} set ${columns.join(', ')} where name = ?`, [
      ...Object.values(changes),
      name,
    ]);
  }

  /** Marks a migration that ran outside a transaction as applied now. */
  async finish(session: Queryable, name: string, executionMs: number): Promise<void> {
    await this.#write(
      session,
      `update ${this.table} set state = 'applied', execution_ms = ?, executed_at = now() where name = ?`,
      [executionMs, name],
    );
  }

  /** Records what a migration of the ledger is now, as if it had been run. */
  async replace({ name, fingerprint, statements }: LedgerEntry): Promise<void> {
    await this.#write(
      this,
      `update ${this.table} set fingerprint = ?, statements = ?::jsonb,
         kind = case kind when 'baseline' then 'versioned' else kind end where name = ?`,
      [fingerprint, statements && JSON.stringify(statements), name],
    );
  }

  /** Records a migration as applied, whatever its row says, with statements that are unknown. */
  async markApplied(name: string): Promise<void> {
    await this.#write(
      this,
      `update ${this.table} set kind = 'baseline', fingerprint = null, statements = null, state = 'applied',
         direction = 'up', down_fingerprint = null where name = ?`,
      [name],
    );
  }

  /** Forgets a migration that was reverted, and those whose place it took: they are reverted with it. */
  async remove(session: Queryable, name: string): Promise<void> {
    await this.#write(
      session,
      `with recursive gone as (
         select ?::text as name
         union select jsonb_array_elements_text(replaces) from ${this.table} join gone using (name)
       ) delete from ${this.table} where name in (select name from gone)`,
      [name],
    );
  }

  /** What MikroORM may revert. It begins with the last name: a half-reverted migration, else the last applied one. */
  override async executed(): Promise<string[]> {
    const rows = (await this.rows()).filter(({ kind }) => kind !== 'repeatable');
    const reverting = rows.filter((row) => row.direction === 'down');
    const applied = rows.filter((row) => row.direction === 'up' && row.state === 'applied');
    return [...applied, ...reverting].map((row) => row.name);
  }

  override async getExecutedMigrations(): Promise<LedgerRow[]> {
    return (await this.rows()).filter((row) => row.state === 'applied');
  }

  /** Records a migration of the code, whose code is not looked at, without running it. */
  override async logMigration({ name: given }: { name: string }): Promise<void> {
    const name = this.getMigrationName(given);
    if (!(await this.#isInCode(name))) {
      throw new UserError('migration-not-found', `There is no migration ${name} in the code.`, {
        hint: `${migratorCommand('info')} shows the names.`,
      });
    }
    await this.ensureTable();
    const [recorded] = await this.query(`select from ${this.table} where name = ?`, [name]);
    if (recorded !== undefined) {
      throw new UserError('migration-recorded', `Migration ${name} is already in the ledger ${this.table}.`, {
        hint: `${migratorCommand('info')} shows its state.`,
      });
    }
    const unknown = { fingerprint: null, statements: null, replaces: [] };
    await this.insert(this, { name, kind: 'baseline', ...unknown }, 'applied');
  }

  override async unlogMigration({ name }: { name: string }): Promise<void> {
    const removed = await this.#write(this, `delete from ${this.table} where name in (?, ?) returning name`, [
      name,
      this.getMigrationName(name),
    ]);
    if (removed.length > 0) return;
    throw new UserError('migration-not-found', `There is no migration ${name} in the ledger ${this.table}.`, {
      hint: `${migratorCommand('info')} shows the names.`,
    });
  }

  /** A write that fails is the ledger's failure, never that of the statement of a migration before it. */
  async #write(
    session: Queryable,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Record<string, unknown>[]> {
    try {
      return await session.query(sql, params);
    } catch (error) {
      if (sqlState(error) === undefined || isConnectionFailure(error)) throw error;
      const name = { table: this.table, schema: this.getTableName().schemaName };
      throw ledgerError(name, await this.writer(), error);
    }
  }

  /** Who writes, and where. */
  async writer(): Promise<LedgerWriter> {
    if (this.#scoped.writer !== undefined) return this.#scoped.writer;
    const [row] = await this.query(
      'select quote_ident(current_user) as user, pg_is_in_recovery() as is_standby',
    );
    return { user: String(row?.['user']), isStandby: row?.['is_standby'] === true };
  }

  /** The columns that the table should have, and has not. */
  async #lackingColumns(): Promise<string[]> {
    const rows = await this.query(
      `select attname::text as name from pg_attribute
       where attrelid = to_regclass(?) and attnum > 0 and not attisdropped`,
      [this.table],
    );
    const found = new Set(rows.map(({ name }) => name));
    return [...readColumns, 'statements', 'sources'].filter((column) => !found.has(column));
  }

  async #readError(error: unknown): Promise<unknown> {
    switch (sqlState(error)) {
      case '42703': {
        // undefined_column
        const lacking = await this.#lackingColumns();
        // The history would be lost with the name.
        if (!lacking.includes('next_statement')) {
          return damagedLedger(this.table, [`it lacks ${lacking.join(', ')}`]);
        }
        return new UserError('ledger-foreign', `Table ${this.table} is not a ledger of this migrator.`, {
          hint: `Give that table another name, then run the same again: \`alter table ${this.table} rename to ${qualifiedName([`${this.getTableName().tableName.slice(0, 50)}_other`])}\``,
          cause: error,
        });
      }
      case '42501': {
        // insufficient_privilege
        return new UserError(
          'ledger-unreadable',
          `The database user may not read the ledger ${this.table}.`,
          {
            hint: `Its owner can allow that: \`grant select on ${this.table} to ${(await this.writer()).user}\`.`,
            cause: error,
          },
        );
      }
      default:
        return error;
    }
  }
}

const applyAgain = `on conflict (name) do update set id = excluded.id, fingerprint = excluded.fingerprint,
  statements = excluded.statements, next_statement = excluded.next_statement, executed_at = now(), executed_by = session_user`;

const readColumns =
  `id name kind fingerprint replaces state direction down_fingerprint next_statement executed_at
  execution_ms executed_by`.split(/\s+/);

type ChangingColumn = 'state' | 'direction' | 'down_fingerprint' | 'next_statement' | 'execution_ms';

function selectRows(table: string): string {
  return `select ${readColumns.join(', ')} from ${table}`;
}

function toRow(row: Record<string, unknown>): LedgerRow {
  return {
    ...(row as unknown as LedgerRow),
    replaces: fromJson(row['replaces']),
    executed_at: new Date(String(row['executed_at'])),
  };
}

/** A list of texts from jsonb, which MikroORM's types leave as text. */
function fromJson(value: unknown): string[] {
  return typeof value === 'string' ? JSON.parse(value) : (value as string[]);
}
