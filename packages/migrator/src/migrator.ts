import { resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import {
  type Constructor,
  type MigrationInfo,
  type MigrationResult,
  type MikroORM,
  Utils,
} from '@mikro-orm/core';
import { type Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { adopt, type Adoption, type AdoptOptions } from './adopt/adopt.ts';
import { baseline, type BaselineOptions } from './adopt/baseline.ts';
import { repair, type Repair, type RepairDecisions, type RepairNeed, repairNeeds } from './adopt/repair.ts';
import { type BackfillStatus, backfillStatuses } from './backfill/backfill-status.ts';
import type { BackfillOptions } from './backfill/options.ts';
import { progressTableName } from './backfill/progress-table.ts';
import { backfillContext, type BackfillResult, runBackfills } from './backfill/run-backfills.ts';
import type { Direction } from './collect-queries.ts';
import { checkReleases } from './compat/check-releases.ts';
import type { CompatOptions } from './compat/options.ts';
import type { CompatibilityReport } from './compat/report.ts';
import { type CreatedMigrations, asCreated, createMigrations, type CreateOptions } from './create/create.ts';
import { hasDifference } from './create/create-migrations.ts';
import {
  type DiscoveredMigration,
  discoveredMigration,
  importMigrationClass,
} from './discovered-migration.ts';
import type { Drift } from './drift/drift.ts';
import type { DriftOptions } from './drift/drift-options.ts';
import { findDrift } from './drift/find-drift.ts';
import { readSchemaManifest, type SchemaManifest } from './drift/schema-manifest.ts';
import { dryRun, type DryRunMigration } from './dry-run.ts';
import { checkSumFile, refuseWrongSums, sumFolder, writeSumFile } from './files/checked-sums.ts';
import { keepingSums, type SumDifference } from './files/sum-file.ts';
import { info } from './info.ts';
import { defaultTableName, Ledger } from './ledger.ts';
import type { Finding } from './lint/finding.ts';
import { lintMigrations, type LintRunOptions } from './lint/lint-migrations.ts';
import type { MigrationStatus } from './migration-status.ts';
import { MigratorContext } from './migrator-context.ts';
import type { DownOptions, UpOptions } from './options.ts';
import { untestedOrmNotice } from './orm-version.ts';
import { prove } from './prove/prove.ts';
import type { ProveOptions, ProveResult } from './prove/prove-options.ts';
import { runMigrations } from './run-migrations.ts';
import { Runner } from './runner.ts';
import type { ShadowOptions } from './shadow/shadow-options.ts';
import { rollup } from './squash/rollup.ts';
import type { RollupResult } from './squash/write-squash.ts';
import type { RunArguments } from './stock-run.ts';
import { type MigrationValidation, validate } from './validate.ts';

/**
 * MikroORM's migrator, made safe: one run at a time, a ledger of what was run, each migration atomic or resumable.
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
  readonly #context: MigratorContext;

  static {
    // MikroORM replaces a migrator whose class has another name with its own; a minifier may change the name.
    Object.defineProperty(this, 'name', { value: 'Migrator' });
  }

  constructor(em: StockMigrator['em']) {
    super(em);
    this.#context = new MigratorContext({
      driver: this.driver,
      config: this.config,
      options: this.options,
      ledger: this.storage,
      runner: this.runner,
      init: () => this.init(),
      discover: () => this.discoverMigrations(),
    });
  }

  /** Registers the migrator with an ORM; MikroORM calls it. It sets the options of `migrations` that are not yours to choose. */
  static override register(orm: MikroORM): void {
    const options = orm.config.get('migrations');
    const notice = untestedOrmNotice(Utils.getORMVersion());
    if (notice !== undefined && options.silent !== true) orm.config.getLogger().warn('info', notice);
    const tableName = options.tableName === 'mikro_orm_migrations' ? defaultTableName : options.tableName;
    const { schemaGenerator } = orm.config.getAll();
    // As the ledger, it is no table of the entities, and no difference between them and the database.
    const skipTables = [...(schemaGenerator.skipTables ?? []), progressTableName(tableName ?? '')];
    orm.config.set('schemaGenerator', { ...schemaGenerator, skipTables });
    orm.config.set('migrations', {
      ...options,
      tableName,
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
   * Has notices told to a function, in place of the ORM's log, and also where the options say `silent`: who a migration
   * waits for, that the database is ahead of the code, which files are not read, what `create()` leaves alone.
   */
  onNotice(listener: (notice: string) => void): void {
    this.#context.noticeListener = listener;
  }

  /**
   * Applies the pending migrations in the order of their names.
   *
   * @returns those that this call applied; none when another run did it meanwhile
   * @throws UserError `migrations-refused`: the code, the ledger and the database do not fit together; nothing was run.
   * @throws UserError `invalid-settings`, `migration-not-found`: an option is wrong or names no migration.
   * @throws UserError `migration-failed`, `migration-interrupted`: a statement failed or was stopped by the signal.
   * @throws UserError `migration-locked`, `migration-lock-lost`: another run holds the lock, or this one lost it.
   * @throws UserError `migration-blocked`: its tables were not free in time; names who locks them.
   * @throws UserError `migration-unfinished`: it is not known how far an earlier run of a statement got.
   * @throws UserError `migration-pooled`: the connection goes through a transaction pooler.
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
   * The state of every migration of the code and of the ledger, by name. Reads only, and evaluates no code of applied or
   * pending migrations: {@link validate} compares those that were applied with their code.
   *
   * @throws UserError `migrations-refused`: two migrations have the same name.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: there is no session or no ledger.
   */
  info({ schema = this.options.schema }: { schema?: string } = {}): Promise<MigrationStatus[]> {
    return this.#context.inSchema(schema, () => info(this.#context, schema));
  }

  /**
   * Evaluates the code of the migrations that the ledger has, as far as that is possible, and compares its statements
   * with those that were run. Reads only.
   *
   * @returns each migration of the ledger with its verdict; a migration that could not be compared is `undecided`, with
   *   the reason, and is a finding like one that has changed
   * @throws UserError `migrations-refused`: two migrations have the same name.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: there is no session or no ledger.
   */
  validate({ schema = this.options.schema }: { schema?: string } = {}): Promise<MigrationValidation[]> {
    return validate(this.#context, schema);
  }

  /** The rows of the ledger of migrations that are applied. */
  override getExecuted({ schema = this.options.schema }: { schema?: string } = {}): ReturnType<
    StockMigrator['getExecuted']
  > {
    return this.#context.inSchema(schema, () => super.getExecuted({ schema }));
  }

  /**
   * Compares the entities, the migrations and the database by all that the system catalogs say, and says who deviates:
   * the database from the migrations that it has applied, or the entities from all migrations. The migrations are
   * replayed in a throwaway database; nothing else is changed.
   *
   * @returns what was found; nothing is thrown for it
   * @throws UserError `invalid-settings`, `invalid-manifest`: a suppression, `shadowSql` or the manifest is wrong.
   * @throws UserError `shadow-refused`: no throwaway database can be created.
   * @throws UserError with the codes of {@link info}, for the same reasons.
   */
  drift(options: DriftOptions = {}): Promise<Drift> {
    return this.#context.inSchema(this.options.schema, () => findDrift(this.#context, options));
  }

  /**
   * The whole schema of the database, with the roles and settings of its server, as a text to check in: `drift()` compares
   * with it what no migration makes. Reads only.
   *
   * @returns the text, the number of objects in it, and what is not in it
   * @throws UserError `database-unreachable`: there is no session.
   */
  manifest(): Promise<SchemaManifest> {
    return readSchemaManifest(this.#context);
  }

  /** Migrations that `up()` would apply or record. */
  override async getPending({ schema }: { schema?: string } = {}): Promise<MigrationInfo[]> {
    const pending = (await this.info({ schema })).filter(
      ({ state, progress }) =>
        state === 'pending' || state === 'out-of-order' || progress?.direction === 'up',
    );
    return pending.map(({ name, path }) => ({ name, path }));
  }

  /**
   * The statements that `up()` would send. Executes none, takes no lock and creates no table.
   *
   * @throws UserError `migrations-refused`: `up()` would be refused, too.
   * @throws UserError `database-unreachable`, `ledger-foreign`, `ledger-unreadable`: there is no session or no ledger.
   */
  async dryRun({
    allowOutOfOrder = false,
    checkSum,
    migrations,
    runBackfills = false,
    schema = this.options.schema,
  }: Pick<
    UpOptions,
    'allowOutOfOrder' | 'checkSum' | 'migrations' | 'runBackfills' | 'schema'
  > = {}): Promise<DryRunMigration[]> {
    await refuseWrongSums(this.#context, checkSum);
    const isAsked = (name: string): boolean => migrations === undefined || migrations.includes(name);
    const request = { allowOutOfOrder, runBackfills, schema, isAsked };
    return this.#context.inSchema(schema, () => dryRun(this.#context, request));
  }

  /**
   * Runs backfills: the UPDATE or DELETE of a file in `backfills/`, in batches of short transactions, whose progress is
   * recorded with them. What was interrupted or killed goes on where it stopped, with nothing twice.
   *
   * @param name default: all that are not finished, by name
   * @returns those that this call has run to their end
   * @throws UserError `backfill-refused`, `backfill-not-found`: names what is wrong; no batch of it was run.
   * @throws UserError `backfill-failed`, `backfill-interrupted`: the batches before stay.
   * @throws UserError `migration-locked`: another process runs the same backfill; names it.
   * @throws UserError with the codes of {@link info}, for the same reasons, `invalid-settings` or `migration-pooled`.
   */
  async backfill(
    name?: string,
    { schema = this.options.schema, ...options }: BackfillOptions & { schema?: string } = {},
  ): Promise<BackfillResult[]> {
    await refuseWrongSums(this.#context, undefined);
    return this.#context.inSchema(schema, () =>
      runBackfills(backfillContext(this.#context, schema), name === undefined ? undefined : [name], options),
    );
  }

  /**
   * The state of every backfill of the code and of the database, by name. Reads only.
   *
   * @throws UserError with the codes of {@link info}, for the same reasons.
   */
  async backfills({ schema = this.options.schema }: { schema?: string } = {}): Promise<BackfillStatus[]> {
    await this.init();
    return this.#context.inSchema(schema, () => backfillStatuses(backfillContext(this.#context, schema)));
  }

  /**
   * Takes over what another tool has applied: MikroORM's own migrator, Flyway, Prisma, Drizzle, node-pg-migrate, Knex,
   * Liquibase, ... Each entry of its history is matched with a migration of the code by name, and all of these are
   * recorded as applied in one transaction. No migration is loaded, and the history stays as it is.
   *
   * @throws UserError `migrations-refused`: names every entry and migration that does not fit; nothing was recorded.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  adopt(options: AdoptOptions = {}): Promise<Adoption> {
    const { journal, schema = this.options.schema } = options;
    const path = journal === undefined ? undefined : resolve(this.config.get('baseDir'), journal);
    return this.#context.recording(schema, (code) =>
      adopt(this.storage, code, { ...options, journal: path }),
    );
  }

  /**
   * Records everything up to the migration `last` as applied, for a database that has its changes and no history that
   * `adopt()` can take over. Loads no migration.
   *
   * @returns the names that were recorded now
   * @throws UserError `migration-not-found`: the code has no such migration.
   * @throws UserError `migrations-refused`: one of them is applied in part.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  baseline(last: string, options: BaselineOptions = {}): Promise<string[]> {
    const { schema = this.options.schema } = options;
    return this.#context.recording(schema, (code) =>
      baseline(this.storage, code, last, { ...options, schema }),
    );
  }

  /**
   * The migrations that need a decision before `up()` goes on, with the commands that make one. Reads only.
   *
   * @throws UserError with the codes of {@link info}, for the same reasons.
   */
  async repairNeeds({ schema = this.options.schema }: { schema?: string } = {}): Promise<RepairNeed[]> {
    return repairNeeds(await this.info({ schema }));
  }

  /**
   * Sets right what `info()` calls failed, changed or missing, as decided, in one transaction.
   *
   * @throws UserError `migrations-refused`: a decision does not fit the state of its migration; nothing was changed.
   * @throws UserError with the codes of {@link info}, for the same reasons, or `migration-locked`.
   */
  repair(decisions: RepairDecisions): Promise<Repair[]> {
    return repair(this.#context, decisions);
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
  lint(options: LintRunOptions = {}): Promise<Finding[]> {
    return lintMigrations(this.#context, options);
  }

  /**
   * Tries, in a throwaway database, whether the previous release works while and after the new migrations are applied,
   * and the new one beside it. The database of the ORM is not changed.
   *
   * @returns what breaks and what is undecided; nothing is thrown for it
   * @throws UserError `invalid-settings`, `migration-not-found`: an option names no commit, folder, configuration or migration.
   * @throws UserError `release-unusable`: the previous release cannot be loaded, or its migrations fail.
   * @throws UserError `shadow-refused`, `database-unreachable`: there is no throwaway database.
   * @throws UserError `interrupted`: the signal was aborted.
   * @throws UserError with the codes of {@link up}: a new migration fails for another reason than the rows.
   */
  compat(options: CompatOptions): Promise<CompatibilityReport> {
    return checkReleases(this.driver, options);
  }

  /**
   * Runs migrations on copies of a throwaway database with rows: measured, while others query its tables, and killed
   * and resumed at every point. The database of the project stays as it is.
   *
   * @returns what was found out about each; nothing is thrown for a migration that fails or cannot be decided
   * @throws UserError `invalid-settings`, `migration-not-found`: an option is wrong or names no migration.
   * @throws UserError `shadow-refused`, `database-unreachable`: there is no throwaway database.
   * @throws UserError `migrations-refused`, `invalid-migration`: the code of a migration fails, or changes the server.
   */
  prove(options: ProveOptions = {}): Promise<ProveResult> {
    return prove(this.#context, options);
  }

  /**
   * Records a migration of the code as applied, without running it.
   *
   * @throws UserError `migration-not-found`, `migration-recorded`: the code has no such migration, or the ledger has it.
   * @throws UserError `ledger-unwritable`: the ledger could not be created or written.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override logMigration(name: string): Promise<void> {
    return this.#context.locked(() => super.logMigration(name));
  }

  /**
   * Removes a migration from the ledger, without reverting it.
   *
   * @throws UserError `migration-not-found`: the ledger has no such migration.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override unlogMigration(name: string): Promise<void> {
    return this.#context.locked(() => super.unlogMigration(name));
  }

  /**
   * Writes the migrations that lead from those of the project to the entities, in files that stop nobody: expand, indexes,
   * backfills, validate. It compares with the migrations as they run in a throwaway database, drops and renames only
   * what it is told to, and names in `leftovers` what the migrations have made and the entities lack.
   *
   * @param path the folder; or all options, and no other parameters
   * @returns what was written: `files` in their order, and `fileName`, `code` and `diff` as with MikroORM, of the first
   *   file and of all of them; an empty `fileName` when there is nothing to write
   * @throws UserError `create-refused`: a part cannot be done without stopping others, or a statement fails.
   * @throws UserError `cascade-refused`: it would have to drop a view that others use.
   * @throws UserError `invalid-settings`: a drop or rename fits nothing, or a file exists.
   * @throws UserError `shadow-refused`, `database-unreachable`, and the codes of {@link up}: the migrations cannot be
   *   replayed.
   */
  override async create(
    path?: string | CreateOptions,
    blank?: boolean,
    initial?: boolean,
    name?: string,
  ): Promise<CreatedMigrations> {
    const options: CreateOptions = typeof path === 'object' ? path : { path, blank, initial, name };
    return keepingSums(await sumFolder(this.#context), () => this.#create(options));
  }

  async #create(options: CreateOptions): Promise<CreatedMigrations> {
    const { path, blank = false, initial = false, name } = options;
    if (initial) return asCreated(await super.create(path, blank, true, name));
    const discovered = await this.#context.discover();
    const { folders } = this.#context;
    return createMigrations(
      {
        driver: this.driver,
        config: this.config,
        generator: this.generator,
        folder: folders?.source ?? folders?.read,
        existing: discovered.map((each) => each.name),
        schema: this.#entitySchema,
      },
      options,
    );
  }

  /**
   * Writes the first migration, and records it as applied if the tables exist already.
   *
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override createInitial(path?: string, name?: string, blank?: boolean): Promise<MigrationResult> {
    return this.#context.locked(async () =>
      keepingSums(await sumFolder(this.#context), () => super.createInitial(path, name, blank)),
    );
  }

  /**
   * Writes a squash: one file that takes the place of applied migrations which follow each other, and records it here.
   * Their files stay until every database has recorded the squash: `up()` does that where all of them are applied, runs
   * the squash where none is, and applies the rest first where some are.
   *
   * @param migrations names; default all that are applied
   * @throws UserError `migrations-refused`: they are fewer than two, not applied, not in a row, or cannot be merged.
   * @throws UserError `migration-not-found`: the code has no such migration.
   * @throws UserError `migration-locked`, `database-unreachable`: another run holds the lock, or there is no session.
   */
  override rollup(migrations?: string[]): Promise<RollupResult> {
    return rollup(this.#context, migrations, () => ({
      generator: this.generator,
      folder: this.absolutePath,
    }));
  }

  /**
   * Writes `migrations.sum` in the folder of the migrations: the SHA-256 of each file. Check it in; `up()` then refuses
   * files that were edited, removed or added since. `create()` and `rollup()` keep an existing one up to date.
   *
   * @returns its path
   * @throws UserError `invalid-settings`: the migrations are in no folder.
   */
  sum(): Promise<string> {
    return writeSumFile(this.#context);
  }

  /**
   * How the files of the migrations differ from `migrations.sum`: an empty array when they do not, undefined when there
   * is no such file. Reads no database.
   */
  checkSum(): Promise<SumDifference[] | undefined> {
    return checkSumFile(this.#context);
  }

  protected override createRunner(): Runner {
    return new Runner(this.driver, () => this.storage);
  }

  protected override createStorage(): Ledger {
    const isInCode = async (name: string): Promise<boolean> =>
      (await this.#context.discover()).some((each) => each.name === name);
    return new Ledger(this.driver, this.options, isInCode);
  }

  /**
   * Whether the entities have something that the migrations lack, as they run in a throwaway database.
   *
   * @throws UserError `shadow-refused`, `database-unreachable`, and the codes of {@link up}: the migrations cannot be
   *   replayed.
   */
  override checkSchema(options: ShadowOptions = {}): Promise<boolean> {
    return hasDifference(this.driver, this.#entitySchema, options);
  }

  /** Where entities without a schema are: where the migrations run, which MikroORM takes for `public`. */
  get #entitySchema(): string | undefined {
    const own = this.config.get('schema');
    const isChosen = own !== undefined && own !== this.driver.getPlatform().getDefaultSchemaName();
    return isChosen ? undefined : this.options.schema;
  }

  /** Finds the migrations' folder. Unlike the stock migrator's, it creates neither database nor table. */
  protected override async init(): Promise<void> {
    await this.initPaths();
  }

  protected override runMigrations(direction: Direction, options?: RunArguments): Promise<MigrationInfo[]> {
    return runMigrations(this.#context, direction, options, (...run) => super.runMigrations(...run));
  }

  /** In the order of names, which is the order of application. */
  protected override discoverMigrations(): Promise<DiscoveredMigration[]> {
    return this.#context.discovery.find(
      this.#context,
      // They are what initialize() and resolve() below have returned.
      async () => (await super.discoverMigrations()) as DiscoveredMigration[],
    );
  }

  protected override initialize(MigrationClass: Constructor<Migration>, name?: string): DiscoveredMigration {
    const named = name ?? new MigrationClass(this.driver, this.config).name ?? MigrationClass.name;
    return discoveredMigration(
      this.#context,
      { name: this.storage.getMigrationName(named) },
      async () => MigrationClass,
    );
  }

  protected override resolve({ name, path }: { name: string; path: string }): DiscoveredMigration {
    return discoveredMigration(this.#context, { name: this.storage.getMigrationName(name), path }, () =>
      importMigrationClass(path),
    );
  }
}
