import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { Constructor, MigrationInfo, MigrationResult, MikroORM } from '@mikro-orm/core';
import { type Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { type DatabaseSchema, SchemaComparator, SchemaGenerator } from '@mikro-orm/postgresql';
import { advisoryLockHolder, lockClass } from './advisory-lock.ts';
import { type Direction, withoutExecution } from './collect-queries.ts';
import { existingTableFaults } from './existing-tables.ts';
import { otherToolsFaults, recordedElsewhere } from './foreign-history.ts';
import { Ledger } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { loadMigration } from './load-migration.ts';
import { lockSessionConfig } from './lock-session-config.ts';
import { readManagedSchema } from './managed-schema.ts';
import { refuseCascades } from './refuse-cascades.ts';
import { type MigrationStatus, migrationStatuses } from './migration-status.ts';
import { type DownOptions, type RunSettings, runSettings, type UpOptions } from './options.ts';
import { type Fault, faultsOf, refuse } from './refuse-faults.ts';
import { checkRequestedNames } from './requested-names.ts';
import { RunLock } from './run-lock.ts';
import { Runner } from './runner.ts';
import {
  type LoadedMigration,
  loadMigrations,
  type MigrationSource,
  type PendingMigration,
  planPending,
} from './survey.ts';

/** A pending migration as `dryRun()` shows it. */
export interface DryRunMigration {
  name: string;
  /** The file; undefined for a class from `migrationsList`. */
  path?: string;
  /** Whether it runs in one transaction. */
  transactional: boolean;
  /** Why it does not. */
  nonTransactionalReason?: string;
  /** All its statements, as they would be sent. */
  statements: string[];
  /** The index of the first statement that would be sent, from 0: above 0 when it is half-applied. */
  nextStatement: number;
}

/** What `create()` wrote. */
export interface CreatedMigration extends MigrationResult {
  /** What is in the schemas of the entities and they do not name, such as `table public.legacy`: it is left alone. */
  unmanaged: string[];
}

type Discovered = Awaited<ReturnType<StockMigrator['discoverMigrations']>>;

/**
 * MikroORM's migrator, made safe: one run at a time, a ledger with checksums, each migration atomic or resumable.
 *
 * Use it as `extensions: [Migrator]` in the ORM's options; `orm.migrator` is then an instance of it.
 *
 * @example
 * ```ts
 * import { Migrator } from '@ecommerce-dms/migrator';
 * import { Migration } from '@mikro-orm/migrations';
 * import { MikroORM } from '@mikro-orm/postgresql';
 *
 * class CreateProduct extends Migration {
 *   up() {
 *     this.addSql('create table product (id serial primary key, name text not null)');
 *   }
 * }
 * const orm = await MikroORM.init({
 *   clientUrl: process.env.DATABASE_URL,
 *   entities: [],
 *   discovery: { warnWhenNoEntities: false },
 *   extensions: [Migrator],
 *   migrations: { migrationsList: [{ name: '20261122_create_product', class: CreateProduct }] },
 * });
 * const applied = await Migrator.of(orm).up();
 * console.log(applied.map(({ name }) => name)); // ['20261122_create_product']; the next time []
 * await orm.close();
 * ```
 */
export class Migrator extends StockMigrator {
  declare protected runner: Runner;
  declare protected storage: Ledger;
  readonly #sources = new Map<string, MigrationSource>();
  #unmanaged: string[] = [];

  static {
    // MikroORM replaces a migrator whose class has another name by its own; a minifier may change it.
    Object.defineProperty(this, 'name', { value: 'Migrator' });
  }

  /** Called by MikroORM. Sets the options of `migrations` that this migrator does not leave open. */
  static override register(orm: MikroORM): void {
    const options = orm.config.get('migrations');
    orm.config.set('migrations', {
      ...options,
      tableName: options.tableName === 'mikro_orm_migrations' ? 'migration_ledger' : options.tableName,
      // Each migration has a transaction of its own, or none.
      allOrNothing: false,
      // A snapshot file says what the database should be: diffs are made against the database itself.
      snapshot: false,
    });
    orm.config.registerExtension('@mikro-orm/migrator', () => new Migrator(orm.em as StockMigrator['em']));
  }

  /**
   * The migrator of an ORM, with its type.
   *
   * @throws UserError `migrator-not-registered` when the ORM has another one
   */
  static of(orm: Pick<MikroORM, 'migrator'>): Migrator {
    if (orm.migrator instanceof Migrator) return orm.migrator;
    throw new UserError('migrator-not-registered', 'This ORM uses another migrator.', {
      hint: "Add Migrator of @ecommerce-dms/migrator to `extensions` in the ORM's options.",
    });
  }

  /**
   * Applies the pending migrations in the order of their names.
   *
   * @returns those that this call applied; none when another run did it meanwhile
   * @throws UserError `migrations-refused`, `migration-failed`, `migration-interrupted`, `migration-locked`,
   *   `migration-lock-lost`, `invalid-settings`, `migration-not-found`, `database-unreachable`
   */
  override up(options?: string | string[] | UpOptions): Promise<MigrationInfo[]> {
    return this.runMigrations('up', options);
  }

  /**
   * Reverts the last applied migration, or those that `options` names. Errors as in {@link up}.
   *
   * @returns those that this call reverted
   */
  override down(options?: string | string[] | DownOptions): Promise<MigrationInfo[]> {
    return this.runMigrations('down', options);
  }

  /** The state of every migration of the code and of the ledger, by name. Reads only. */
  async info(options: { schema?: string } = {}): Promise<MigrationStatus[]> {
    return this.#inSchema(options.schema, async () => (await this.#survey()).statuses);
  }

  /**
   * The statements that `up()` would send. Executes none, takes no lock and creates no table.
   *
   * @throws UserError `migrations-refused` as `up()` would
   */
  async dryRun(options: Pick<UpOptions, 'allowOutOfOrder' | 'schema'> = {}): Promise<DryRunMigration[]> {
    return this.#inSchema(options.schema, async () => {
      const { pending } = await this.#preflight(
        'up',
        options.allowOutOfOrder ?? false,
        options.schema ?? this.options.schema,
      );
      return pending.map(({ plan, status }) => ({
        name: plan.name,
        ...(status.path !== undefined && { path: status.path }),
        transactional: plan.nonTransactionalReason === undefined,
        ...(plan.nonTransactionalReason !== undefined && {
          nonTransactionalReason: plan.nonTransactionalReason,
        }),
        statements: plan.statements.map(({ sql }) => sql),
        nextStatement: status.progress?.doneStatements ?? 0,
      }));
    });
  }

  /** Records a migration of the code as applied, without running it. */
  override logMigration(name: string): Promise<void> {
    return this.#locked(runSettings({}), () => super.logMigration(name));
  }

  /** Forgets a migration, without reverting it. */
  override unlogMigration(name: string): Promise<void> {
    return this.#locked(runSettings({}), () => super.unlogMigration(name));
  }

  /**
   * Writes a migration of what the entities have and the database has not. It drops and renames nothing that they do
   * not name, and never rebuilds a table to partition it otherwise; `unmanaged` of the result, and the log, name that.
   *
   * @throws UserError `cascade-refused` when it would have to drop a view that others use
   */
  override async create(
    path?: string,
    blank?: boolean,
    initial?: boolean,
    name?: string,
  ): Promise<CreatedMigration> {
    this.#unmanaged = [];
    const result = await super.create(path, blank, initial, name);
    const unmanaged = this.#unmanaged;
    if (unmanaged.length > 0 && this.options.silent !== true) {
      this.config
        .getLogger()
        .warn(
          'info',
          `The migration leaves alone what the entities do not name: ${unmanaged.join(', ')}. Where you want one dropped, renamed or rebuilt, write that into a migration by hand.`,
        );
    }
    return { ...result, unmanaged };
  }

  override createInitial(path?: string, name?: string, blank?: boolean): Promise<MigrationResult> {
    return this.#locked(runSettings({}), () => super.createInitial(path, name, blank));
  }

  override rollup(migrations?: string[]): Promise<MigrationResult> {
    return this.#locked(runSettings({}), () => super.rollup(migrations));
  }

  protected override createRunner(): Runner {
    return new Runner(this.driver, () => this.storage);
  }

  protected override createStorage(): Ledger {
    return new Ledger(this.driver, this.options, async (name) => {
      const migration = (await this.#load([])).find((each) => each.name === name);
      if (migration !== undefined) return migration.checksum;
      throw new UserError('migration-not-found', `There is no migration ${name} in the code.`, {
        hint: 'Check its name; a class must be in migrationsList.',
      });
    });
  }

  /** What MikroORM's diff starts from, here in place of a snapshot. */
  protected override async getSchemaFromSnapshot(): Promise<DatabaseSchema> {
    await this.driver.getConnection().ensureConnection();
    const generator = new SchemaGenerator(this.em);
    const { schema, unmanaged } = await readManagedSchema(this.driver, generator);
    this.#unmanaged = unmanaged;
    const diff = new SchemaComparator(this.driver.getPlatform()).compare(schema, generator.getTargetSchema());
    await refuseCascades(this.storage, Object.values(diff.changedViews));
    return schema;
  }

  /** Finds the migrations' folder. Unlike the stock migrator's, it creates neither database nor table. */
  protected override async init(): Promise<void> {
    await this.initPaths();
  }

  protected override async runMigrations(
    direction: Direction,
    options?: string | string[] | UpOptions,
  ): Promise<MigrationInfo[]> {
    const named = typeof options === 'object' && !Array.isArray(options) ? options : {};
    const settings = runSettings(named);
    const schema = named.schema ?? this.options.schema;
    return this.#locked(settings, async (lock) => {
      await this.#inSchema(schema, async () => {
        const { statuses } = await this.#preflight(direction, named.allowOutOfOrder ?? false, schema);
        checkRequestedNames(options, new Set(statuses.map(({ name }) => name)), this.options);
        await this.storage.create();
      });
      return this.runner.during({ lock, settings, schema }, () => super.runMigrations(direction, options));
    });
  }

  /** In the order of names, which is the order of application. */
  protected override async discoverMigrations(): Promise<Discovered> {
    const found = await super.discoverMigrations();
    const repeated = found.filter(
      ({ name }, index) => found.findIndex((each) => each.name === name) !== index,
    );
    refuse(repeated.map(({ name }) => ({ name, problem: 'is the name of several migrations.' })));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  protected override initialize(MigrationClass: Constructor<Migration>, name?: string): Discovered[number] {
    const migration = new MigrationClass(withoutExecution(this.driver), this.config);
    return this.#discovered(name ?? migration.name ?? MigrationClass.name, undefined, async () => migration);
  }

  protected override resolve({ name, path }: { name: string; path: string }): Discovered[number] {
    return this.#discovered(name, path, () =>
      loadMigration(path, withoutExecution(this.driver), this.config),
    );
  }

  #discovered(
    givenName: string,
    path: string | undefined,
    load: () => Promise<Migration>,
  ): Discovered[number] {
    const name = this.storage.getMigrationName(givenName);
    const loadNamed = async (): Promise<Migration> => Object.assign(await load(), { name });
    const entry = { name, ...(path !== undefined && { path }) };
    this.#sources.set(name, { ...entry, load: loadNamed });
    return {
      ...entry,
      up: async () => this.runner.run(await loadNamed(), 'up'),
      down: async () => this.runner.run(await loadNamed(), 'down'),
    };
  }

  async #load(rows: readonly LedgerRow[]): Promise<LoadedMigration[]> {
    await this.init();
    const found = await this.discoverMigrations();
    const sources = found.flatMap(({ name }) => this.#sources.get(name) ?? []);
    return loadMigrations(sources, rows, this.driver);
  }

  async #survey(): Promise<{ loaded: LoadedMigration[]; statuses: MigrationStatus[] }> {
    const rows = await this.storage.rows();
    const loaded = await this.#load(rows);
    const partial = rows.some((row) => row.state !== 'applied');
    const isRunning =
      partial && (await advisoryLockHolder(this.storage, this.#lockClass, 'run')) !== undefined;
    return { loaded, statuses: migrationStatuses(loaded, rows, isRunning) };
  }

  /** What a run would do. Throws `migrations-refused` with everything that forbids it. */
  async #preflight(
    direction: Direction,
    allowOutOfOrder: boolean,
    schema: string | undefined,
  ): Promise<{ pending: PendingMigration[]; statuses: MigrationStatus[] }> {
    const { loaded, statuses } = await this.#survey();
    const pending = direction === 'up' ? await planPending(loaded, statuses, this.driver) : [];
    refuse([
      ...faultsOf(statuses, direction, allowOutOfOrder),
      ...pending.flatMap(({ plan }) => plan.faults.map((problem) => ({ name: plan.name, problem }))),
      ...(direction === 'up' ? await this.#takeoverFaults(pending, statuses, schema) : []),
    ]);
    return { pending, statuses };
  }

  /** Signs that the database has what is pending: others have applied it, or another ledger says so. */
  async #takeoverFaults(
    pending: readonly PendingMigration[],
    statuses: readonly MigrationStatus[],
    schema: string | undefined,
  ): Promise<Fault[]> {
    if (pending.length === 0) return [];
    const plans = pending.map(({ plan }) => plan);
    const isNew = statuses.every(({ state }) => state === 'pending');
    const names = plans.map(({ name }) => name);
    const recorded = await recordedElsewhere(this.storage, { pending: names, schema, isNew });
    if (!isNew || recorded.length > 0) return recorded;
    return [
      ...(await otherToolsFaults(this.storage, schema)),
      ...(await existingTableFaults(this.storage, plans, schema)),
    ];
  }

  /** One key for all schemas of a multi-schema project: its runs take turns. */
  get #lockClass(): number {
    return lockClass(this.options.tableName ?? '');
  }

  async #locked<Result>(settings: RunSettings, use: (lock: RunLock) => Promise<Result>): Promise<Result> {
    try {
      await using lock = await RunLock.acquire(
        await lockSessionConfig(this.driver),
        this.#lockClass,
        settings,
      );
      return await use(lock);
    } catch (error) {
      if (settings.signal?.aborted !== true || isUserError(error)) throw error;
      throw new UserError('migration-interrupted', 'The run was interrupted between two statements.', {
        hint: 'What it applied is in the ledger. Run it again to go on.',
        cause: error,
      });
    }
  }

  async #inSchema<Result>(schema: string | undefined, use: () => Promise<Result>): Promise<Result> {
    this.storage.setRunSchema(schema ?? this.options.schema);
    try {
      return await use();
    } finally {
      this.storage.unsetRunSchema();
    }
  }
}
