import { UserError } from '@ecommerce-dms/errors';
import type { Constructor, MigrationInfo, MigrationResult, MikroORM } from '@mikro-orm/core';
import { type Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { type DatabaseSchema, SchemaComparator, SchemaGenerator } from '@mikro-orm/postgresql';
import { type Direction, withoutExecution } from './collect-queries.ts';
import {
  type DiscoveredMigration,
  discoveredMigration,
  importMigrationClass,
  inOrder,
} from './discovered-migration.ts';
import { type DryRunMigration, dryRunOf } from './dry-run.ts';
import { Ledger } from './ledger.ts';
import type { Finding } from './lint/finding.ts';
import { lintMigrations, type LintRunOptions } from './lint/lint-migrations.ts';
import { readManagedSchema } from './managed-schema.ts';
import type { MigrationStatus } from './migration-status.ts';
import { type DownOptions, runSettings, type UpOptions } from './options.ts';
import { preflight } from './preflight.ts';
import { refuseCascades } from './refuse-cascades.ts';
import { checkRequestedNames } from './requested-names.ts';
import { type RunLock, withRunLock } from './run-lock.ts';
import { Runner } from './runner.ts';
import { loadMigrations, type Survey, survey } from './survey.ts';

/** What `create()` wrote. */
export interface CreatedMigration extends MigrationResult {
  /** What the schemas of the entities contain and the entities do not name, such as `table public.legacy`: left alone. */
  unmanaged: string[];
}

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
  #unmanaged: string[] = [];

  static {
    // MikroORM replaces a migrator whose class has another name with its own; a minifier may change the name.
    Object.defineProperty(this, 'name', { value: 'Migrator' });
  }

  /** Registers the migrator with an ORM; MikroORM calls it. It sets the options of `migrations` that are not yours to choose. */
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
   * @throws UserError `migrator-not-registered`: the ORM has another migrator.
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
   * @throws UserError `migrations-refused`: the code, the ledger and the database do not fit together; nothing was run.
   * @throws UserError `invalid-settings`, `migration-not-found`: an option is wrong or names no migration.
   * @throws UserError `migration-failed`, `migration-interrupted`: a statement failed or was stopped by the signal.
   * @throws UserError `migration-locked`, `migration-lock-lost`: another run holds the lock, or this one lost it.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: there is no session or no ledger.
   */
  override up(options?: string | string[] | UpOptions): Promise<MigrationInfo[]> {
    return this.runMigrations('up', options);
  }

  /**
   * Reverts the last applied migration, or those that `options` names.
   *
   * @returns those that this call reverted
   * @throws UserError `invalid-migration`: a `down()` fails before any of its statements runs.
   * @throws UserError with the codes of {@link up}, for the same reasons.
   */
  override down(options?: string | string[] | DownOptions): Promise<MigrationInfo[]> {
    return this.runMigrations('down', options);
  }

  /**
   * The state of every migration of the code and of the ledger, by name. Reads only.
   *
   * @throws UserError `migrations-refused`: the code of a migration fails, or two have the same name.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: there is no session or no ledger.
   */
  async info({ schema = this.options.schema }: { schema?: string } = {}): Promise<MigrationStatus[]> {
    return this.#inSchema(schema, async () => (await this.#survey()).statuses);
  }

  /**
   * The statements that `up()` would send. Executes none, takes no lock and creates no table.
   *
   * @throws UserError `migrations-refused`: `up()` would be refused, too.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: there is no session or no ledger.
   */
  async dryRun({
    allowOutOfOrder = false,
    schema = this.options.schema,
  }: Pick<UpOptions, 'allowOutOfOrder' | 'schema'> = {}): Promise<DryRunMigration[]> {
    return this.#inSchema(schema, async () => {
      const request = { direction: 'up', allowOutOfOrder, schema } as const;
      const pending = await preflight(await this.#survey(), this.storage, this.driver, request);
      return pending.map(dryRunOf);
    });
  }

  /**
   * Judges the statements that `up()` would send, or with `all` those of the whole history: what stops the queries of
   * others, loses data or breaks the previous release, and what to write instead. Executes none, takes no lock.
   *
   * @returns what was found; nothing is thrown for it
   * @throws UserError `invalid-settings`: an option names no rule, no migration or no day.
   * @throws UserError `migrations-refused`, `invalid-migration`: the code of a migration fails, or is not valid SQL.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: unless `all`, as for `info()`.
   */
  async lint(options: LintRunOptions = {}): Promise<Finding[]> {
    await this.init();
    const discovered = await this.discoverMigrations();
    const query = (sql: string) => this.storage.query(sql);
    if (options.all === true) return lintMigrations(discovered, this.driver, query, options);
    return this.#inSchema(this.options.schema, async () => {
      const pending = new Set(
        (await this.#survey()).statuses.flatMap(({ name, state }) =>
          state === 'pending' || state === 'out-of-order' ? [name] : [],
        ),
      );
      const sources = discovered.filter(({ name }) => pending.has(name));
      return lintMigrations(sources, this.driver, query, options);
    });
  }

  /**
   * Records a migration of the code as applied, without running it.
   *
   * @throws UserError `migration-not-found`, `migration-recorded`: the code has no such migration, or the ledger has it.
   * @throws UserError `migrations-refused`: its code fails.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override logMigration(name: string): Promise<void> {
    return this.#locked(() => super.logMigration(name));
  }

  /**
   * Removes a migration from the ledger, without reverting it.
   *
   * @throws UserError `migration-not-found`: the ledger has no such migration.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override unlogMigration(name: string): Promise<void> {
    return this.#locked(() => super.unlogMigration(name));
  }

  /**
   * Writes a migration that adds what the entities have and the database lacks. It neither drops nor renames what the
   * entities do not name, and never rebuilds a table to partition it differently; the result's `unmanaged`, and the log,
   * name what was left alone.
   *
   * @throws UserError `cascade-refused`: it would have to drop a view that others use.
   * @throws UserError `database-unreachable`: there is no session.
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
          `The migration leaves alone what the entities do not name: ${unmanaged.join(', ')}. To drop, rename or rebuild one of them, write that into a migration by hand.`,
        );
    }
    return { ...result, unmanaged };
  }

  /**
   * Writes the first migration, and records it as applied if the tables exist already.
   *
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override createInitial(path?: string, name?: string, blank?: boolean): Promise<MigrationResult> {
    return this.#locked(() => super.createInitial(path, name, blank));
  }

  /**
   * Merges applied migrations into one file and one row of the ledger.
   *
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override rollup(migrations?: string[]): Promise<MigrationResult> {
    return this.#locked(() => super.rollup(migrations));
  }

  protected override createRunner(): Runner {
    return new Runner(this.driver, () => this.storage);
  }

  protected override createStorage(): Ledger {
    return new Ledger(this.driver, this.options, async (name) => {
      await this.init();
      const found = (await this.discoverMigrations()).filter((each) => each.name === name);
      const [migration] = await loadMigrations(found, [], this.driver);
      if (migration !== undefined) return migration.checksum;
      throw new UserError('migration-not-found', `There is no migration ${name} in the code.`, {
        hint: 'Check its name; a class has to be in migrationsList.',
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
    const { allowOutOfOrder = false, schema = this.options.schema } = named;
    const settings = runSettings(named);
    return this.#locked(async (lock) => {
      await this.#inSchema(schema, async () => {
        const found = await this.#survey();
        await preflight(found, this.storage, this.driver, { direction, allowOutOfOrder, schema });
        checkRequestedNames(options, new Set(found.statuses.map(({ name }) => name)), this.options);
        await this.storage.ensureTable();
      });
      return this.runner.during({ lock, settings, schema }, () => super.runMigrations(direction, options));
    }, settings);
  }

  /** In the order of names, which is the order of application. */
  protected override async discoverMigrations(): Promise<DiscoveredMigration[]> {
    // They are what initialize() and resolve() below have returned.
    return inOrder((await super.discoverMigrations()) as DiscoveredMigration[]);
  }

  protected override initialize(MigrationClass: Constructor<Migration>, name?: string): DiscoveredMigration {
    const migration = new MigrationClass(withoutExecution(this.driver), this.config);
    const named = { name: this.storage.getMigrationName(name ?? migration.name ?? MigrationClass.name) };
    return discoveredMigration(this.runner, named, async () => migration);
  }

  protected override resolve({ name, path }: { name: string; path: string }): DiscoveredMigration {
    const named = { name: this.storage.getMigrationName(name), path };
    return discoveredMigration(this.runner, named, async () => {
      const MigrationClass = await importMigrationClass(path);
      return new MigrationClass(withoutExecution(this.driver), this.config);
    });
  }

  async #survey(): Promise<Survey> {
    await this.init();
    return survey(this.storage, this.#ledgerName, this.driver, await this.discoverMigrations());
  }

  /** Without the schema of a call: all schemas of a project share one lock, so that their runs take turns. */
  get #ledgerName(): string {
    return this.options.tableName ?? '';
  }

  #locked<Result>(use: (lock: RunLock) => Promise<Result>, settings = runSettings({})): Promise<Result> {
    return withRunLock(this.driver, this.#ledgerName, settings, use);
  }

  async #inSchema<Result>(schema: string | undefined, use: () => Promise<Result>): Promise<Result> {
    this.storage.setRunSchema(schema);
    try {
      return await use();
    } finally {
      this.storage.unsetRunSchema();
    }
  }
}
