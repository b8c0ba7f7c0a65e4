import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
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
import { runRequiredBackfills } from './backfill/required-backfills.ts';
import { type BackfillContext, type BackfillResult, runBackfills } from './backfill/run-backfills.ts';
import type { Direction } from './collect-queries.ts';
import { type CreatedMigrations, asCreated, createMigrations, type CreateOptions } from './create/create.ts';
import { hasDifference } from './create/create-migrations.ts';
import {
  type DiscoveredMigration,
  discoveredMigration,
  discoveredSqlMigration,
  runnable,
  importMigrationClass,
  inOrder,
} from './discovered-migration.ts';
import { type DryRunMigration, dryRunOf } from './dry-run.ts';
import { refuseForeignHistory } from './foreign-history.ts';
import { Ledger, defaultTableName } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
import { CallbackRunner, planCallbacks } from './files/callbacks.ts';
import { findSqlMigrations, unreadSqlFiles } from './files/find-sql-files.ts';
import { withoutEnding } from './files/migration-name.ts';
import { migrationFolders } from './files/migration-folders.ts';
import { type Repeatable, findRepeatables, planRepeatables, removedRepeatables } from './files/repeatable.ts';
import {
  type SumDifference,
  compareSums,
  keepingSums,
  sumFaults,
  sumFileName,
  writeSums,
} from './files/sum-file.ts';
import type { Finding } from './lint/finding.ts';
import { type LintRunOptions, lintMigrations } from './lint/lint-migrations.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { MigrationSource } from './migration-source.ts';
import { type LockWait, describeLockWait } from './locks/lock-wait.ts';
import { migratorCommand } from './migrator-command.ts';
import type { MigrationStatus } from './migration-status.ts';
import { untestedOrmNotice } from './orm-version.ts';
import { type DownOptions, runSettings, type UpOptions } from './options.ts';
import { planMigration } from './plan-migration.ts';
import { preflight } from './preflight.ts';
import { refuse } from './refuse-faults.ts';
import { checkRequestedNames, isRequested, withoutEndings } from './requested-names.ts';
import { type RunLock, withRunLock } from './run-lock.ts';
import { Runner } from './runner.ts';
import type { ShadowOptions } from './shadow/shadow-options.ts';
import { type RollupResult, writeSquash } from './squash/write-squash.ts';
import { type Survey, survey } from './survey.ts';
import { type MigrationValidation, validateMigrations } from './validate.ts';

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
  /** What MikroORM runs in place of the migrations of the code: repeatable ones. */
  #given: DiscoveredMigration[] | undefined;
  /** During a run: those that it leaves out, because a squash stands for them. */
  #replaced: ReadonlySet<string> = new Set();

  static {
    // MikroORM replaces a migrator whose class has another name with its own; a minifier may change the name.
    Object.defineProperty(this, 'name', { value: 'Migrator' });
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
  async info({ schema = this.options.schema }: { schema?: string } = {}): Promise<MigrationStatus[]> {
    return this.#inSchema(schema, async () => {
      const { statuses, rows } = await this.#survey();
      this.#noticeFuture(statuses);
      await this.#noticeUnread();
      const sources = await this.#repeatableSources();
      const repeatables = await this.#planRepeatables(sources, rows, schema);
      return [...statuses, ...repeatables.map(({ status }) => status), ...removedRepeatables(rows, sources)];
    });
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
  async validate({ schema = this.options.schema }: { schema?: string } = {}): Promise<MigrationValidation[]> {
    const differences = (await this.checkSum()) ?? [];
    return this.#inSchema(schema, async () => [
      ...(await validateMigrations(await this.#survey(), this.storage, this.driver)),
      ...sumFaults(differences).map(({ name, problem }) => ({
        name,
        verdict: 'changed' as const,
        reason: problem,
      })),
    ]);
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
    runBackfills = false,
    schema = this.options.schema,
  }: Pick<UpOptions, 'allowOutOfOrder' | 'checkSum' | 'runBackfills' | 'schema'> = {}): Promise<
    DryRunMigration[]
  > {
    await this.#refuseWrongSums(checkSum);
    return this.#inSchema(schema, async () => {
      await this.#refuseForeignHistory(schema);
      const request = { direction: 'up', allowOutOfOrder, runBackfills, schema } as const;
      const found = await this.#survey();
      const backfills = this.#backfillContext(schema);
      const pending = await preflight(found, this.storage, this.driver, request, backfills);
      const isAhead = found.statuses.some(({ state }) => state === 'future');
      const sources = isAhead ? [] : await this.#repeatableSources();
      const repeatables = await this.#planRepeatables(sources, found.rows, schema);
      refuse(repeatables.flatMap(({ faults }) => faults));
      const open = repeatables.flatMap(({ plan, status }) =>
        plan === undefined || status.state === 'applied' ? [] : [{ plan, status }],
      );
      return [...pending, ...open].map(dryRunOf);
    });
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
  async backfill(name?: string, options: BackfillOptions = {}): Promise<BackfillResult[]> {
    await this.#refuseWrongSums(undefined);
    const { schema } = this.options;
    const names = name === undefined ? undefined : [withoutEnding(name)];
    return this.#inSchema(schema, () => runBackfills(this.#backfillContext(schema), names, options));
  }

  /**
   * The state of every backfill of the code and of the database, by name. Reads only.
   *
   * @throws UserError with the codes of {@link info}, for the same reasons.
   */
  async backfills(): Promise<BackfillStatus[]> {
    await this.init();
    const { schema } = this.options;
    return this.#inSchema(schema, () => backfillStatuses(this.#backfillContext(schema)));
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
    const { journal } = options;
    const path = journal === undefined ? undefined : resolve(this.config.get('baseDir'), journal);
    return this.#recording((code) => adopt(this.storage, code, { ...options, journal: path }));
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
    return this.#recording((code) => baseline(this.storage, code, last, this.options.schema, options));
  }

  /**
   * The migrations that need a decision before `up()` goes on, with the commands that make one. Reads only.
   *
   * @throws UserError with the codes of {@link info}, for the same reasons.
   */
  async repairNeeds(): Promise<RepairNeed[]> {
    return repairNeeds(await this.info());
  }

  /**
   * Sets right what `info()` calls failed, changed or missing, as decided, in one transaction.
   *
   * @throws UserError `migrations-refused`: a decision does not fit the state of its migration; nothing was changed.
   * @throws UserError with the codes of {@link info}, for the same reasons, or `migration-locked`.
   */
  repair(decisions: RepairDecisions): Promise<Repair[]> {
    return this.#recording(async () => {
      const { sources, statuses } = await this.#survey();
      return repair(this.storage, statuses, decisions, async (name) => {
        const source = sources.find((each) => each.name === name);
        if (source !== undefined)
          await this.storage.replace(entryOf(await planMigration(source, 'up', this.driver)));
      });
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
   * @throws UserError `ledger-unwritable`: the ledger could not be created or written.
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
    return keepingSums(await this.#sumFolder(), () => this.#create(options));
  }

  async #create(options: CreateOptions): Promise<CreatedMigrations> {
    const { path, blank = false, initial = false, name } = options;
    if (initial) return asCreated(await super.create(path, blank, true, name));
    const folders = migrationFolders(this.config);
    return createMigrations(
      {
        driver: this.driver,
        config: this.config,
        generator: this.generator,
        folder: folders?.source ?? folders?.read,
        existing: (await this.discoverMigrations()).map((each) => each.name),
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
    return this.#locked(async () =>
      keepingSums(await this.#sumFolder(), () => super.createInitial(path, name, blank)),
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
    const names = migrations?.map(withoutEnding);
    return this.#locked(async () => {
      const found = await this.#survey();
      checkRequestedNames(names, new Set(found.statuses.map(({ name }) => name)), this.options);
      return keepingSums(await this.#sumFolder(), () =>
        writeSquash(found, names, {
          ledger: this.storage,
          driver: this.driver,
          generator: this.generator,
          folder: this.absolutePath,
          extension: this.options.emit ?? 'ts',
        }),
      );
    });
  }

  /**
   * Writes `migrations.sum` in the folder of the migrations: the SHA-256 of each file. Check it in; `up()` then refuses
   * files that were edited, removed or added since. `create()` and `rollup()` keep an existing one up to date.
   *
   * @returns its path
   * @throws UserError `invalid-settings`: the migrations are in no folder.
   */
  async sum(): Promise<string> {
    const folder = await this.#sumFolder();
    if (folder !== undefined) return writeSums(folder);
    throw new UserError(
      'invalid-settings',
      `The migrations are in no folder, so there is no place for ${sumFileName}.`,
      {
        hint: 'Set `path` in the options of `migrations`.',
      },
    );
  }

  /**
   * How the files of the migrations differ from `migrations.sum`: an empty array when they do not, undefined when there
   * is no such file. Reads no database.
   */
  async checkSum(): Promise<SumDifference[] | undefined> {
    const folder = await this.#sumFolder();
    return folder === undefined ? undefined : compareSums(folder);
  }

  async #refuseWrongSums(checkSum: boolean | undefined): Promise<void> {
    if (checkSum === false) return;
    const differences = await this.checkSum();
    if (differences !== undefined) return refuse(sumFaults(differences));
    if (checkSum === true)
      refuse([{ name: sumFileName, problem: `does not exist. Write it: ${migratorCommand('sum')}.` }]);
  }

  /** Where the files are written, which is not where a build puts them. */
  async #sumFolder(): Promise<string | undefined> {
    await this.init();
    const folders = migrationFolders(this.config);
    return folders?.source !== undefined && existsSync(folders.source) ? folders.source : folders?.read;
  }

  protected override createRunner(): Runner {
    return new Runner(this.driver, () => this.storage);
  }

  protected override createStorage(): Ledger {
    return new Ledger(this.driver, this.options, async (name) => {
      await this.init();
      return (await this.discoverMigrations()).some((each) => each.name === name);
    });
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

  protected override async runMigrations(
    direction: Direction,
    options?: string | string[] | UpOptions,
  ): Promise<MigrationInfo[]> {
    const named = typeof options === 'object' && !Array.isArray(options) ? options : {};
    const { allowOutOfOrder = false, checkSum, callbacks = {}, schema = this.options.schema } = named;
    const backfills = this.#backfillContext(schema);
    const onLockWait = named.onLockWait ?? ((wait: LockWait) => this.#warn(describeLockWait(wait)));
    const settings = runSettings({ ...named, onLockWait });
    if (direction === 'up') await this.#refuseWrongSums(checkSum);
    return this.#locked(async (lock) => {
      const repeatables = direction === 'up' ? await this.#repeatableSources() : [];
      const folders = migrationFolders(this.config);
      const called = new CallbackRunner(
        callbacks,
        folders === undefined ? new Map() : await planCallbacks(folders, this.driver),
      );
      const plans = await this.#inSchema(schema, async () => {
        if (direction === 'up') await this.#refuseForeignHistory(schema);
        const found = await this.#survey();
        const request = {
          direction,
          allowOutOfOrder,
          schema,
          isAsked: (name: string) => isRequested(name, options, this.options),
          runBackfills: named.runBackfills,
        };
        const pending = await preflight(found, this.storage, this.driver, request, backfills);
        const active = found.statuses.filter(({ state }) => state !== 'replaced').map(({ name }) => name);
        checkRequestedNames(options, new Set(active), this.options);
        this.#noticeFuture(found.statuses);
        await this.#noticeUnread();
        await this.storage.ensureTable();
        this.#replaced = new Set(
          found.statuses.filter(({ state }) => state === 'replaced').map(({ name }) => name),
        );
        const planned = await this.#planRepeatables(repeatables, found.rows, schema);
        refuse(planned.flatMap(({ faults }) => faults));
        return [...pending, ...planned].flatMap(({ plan }) => plan ?? []);
      });
      try {
        const runBackfills = (names: readonly string[]): Promise<void> =>
          this.#inSchema(schema, () =>
            runRequiredBackfills(backfills, names, {
              signal: settings.signal,
              onProgress: (line) => this.#warn(line),
            }),
          );
        return await this.runner.during({ lock, settings, schema }, plans, called, runBackfills, async () => [
          ...(await super.runMigrations(direction, withoutEndings(options))),
          ...(await this.#runRepeatables(repeatables, schema)),
        ]);
      } finally {
        this.#replaced = new Set();
      }
    }, settings);
  }

  /** Applies the outdated repeatable migrations, once the database has all migrations of the code and no later ones. */
  async #runRepeatables(
    sources: readonly MigrationSource[],
    schema: string | undefined,
  ): Promise<MigrationInfo[]> {
    if (sources.length === 0) return [];
    this.#replaced = new Set();
    const open = await this.#inSchema(schema, async () => {
      const { statuses, rows } = await this.#survey();
      if (statuses.some(({ state }) => state !== 'applied' && state !== 'replaced')) return [];
      const repeatables = await this.#planRepeatables(sources, rows, schema);
      return repeatables.filter(({ status }) => status.state !== 'applied');
    });
    if (open.length === 0) return [];
    this.#given = open.map(({ source }) => runnable(this.runner, source));
    try {
      return await super.runMigrations('up', schema === undefined ? {} : { schema });
    } finally {
      this.#given = undefined;
    }
  }

  async #repeatableSources(): Promise<MigrationSource[]> {
    const folders = migrationFolders(this.config);
    if (folders === undefined) return [];
    const { found, faults } = await findRepeatables(folders, this.config);
    refuse(faults);
    return found;
  }

  #planRepeatables(
    sources: readonly MigrationSource[],
    rows: readonly LedgerRow[],
    schema: string | undefined,
  ): Promise<Repeatable[]> {
    return planRepeatables(sources, rows, { driver: this.driver, ledger: this.storage }, schema);
  }

  /** In the order of names, which is the order of application. */
  protected override async discoverMigrations(): Promise<DiscoveredMigration[]> {
    if (this.#given !== undefined) return this.#given;
    // They are what initialize() and resolve() below have returned.
    const classes = (await super.discoverMigrations()) as DiscoveredMigration[];
    const found = inOrder([...classes, ...(await this.#sqlMigrations())]);
    return found.filter(({ name }) => !this.#replaced.has(name));
  }

  async #sqlMigrations(): Promise<DiscoveredMigration[]> {
    const folders = migrationFolders(this.config);
    if (folders === undefined) return [];
    const { found, faults } = await findSqlMigrations(folders);
    refuse(faults);
    const context = { runner: this.runner, config: this.config };
    return found.map(({ name, paths }) => discoveredSqlMigration(context, name, paths));
  }

  protected override initialize(MigrationClass: Constructor<Migration>, name?: string): DiscoveredMigration {
    const named = name ?? new MigrationClass(this.driver, this.config).name ?? MigrationClass.name;
    return discoveredMigration(
      { runner: this.runner, config: this.config },
      { name: this.storage.getMigrationName(named) },
      async () => MigrationClass,
    );
  }

  protected override resolve({ name, path }: { name: string; path: string }): DiscoveredMigration {
    return discoveredMigration(
      { runner: this.runner, config: this.config },
      { name: this.storage.getMigrationName(name), path },
      () => importMigrationClass(path),
    );
  }

  async #refuseForeignHistory(schema: string | undefined): Promise<void> {
    await this.init();
    const names = (await this.discoverMigrations()).map(({ name }) => name);
    await refuseForeignHistory(this.storage, names, schema);
  }

  async #survey(): Promise<Survey> {
    await this.init();
    return survey(this.storage, this.#ledgerName, this.driver, await this.discoverMigrations());
  }

  /** Without the schema of a call: all schemas of a project share one lock, so that their runs take turns. */
  get #ledgerName(): string {
    return this.options.tableName ?? '';
  }

  /** Calls `use` with the migrations of the code, in one transaction of the ledger, under the run lock. */
  #recording<Result>(use: (code: DiscoveredMigration[]) => Promise<Result>): Promise<Result> {
    return this.#locked(() =>
      this.#inSchema(this.options.schema, async () => {
        await this.init();
        const code = await this.discoverMigrations();
        return this.storage.inTransaction(() => use(code));
      }),
    );
  }

  #backfillContext(schema: string | undefined): BackfillContext {
    const { driver, storage: ledger } = this;
    return { driver, ledger, ledgerName: this.#ledgerName, folders: migrationFolders(this.config), schema };
  }

  #noticeFuture(statuses: readonly MigrationStatus[]): void {
    const future = statuses.filter(({ state }) => state === 'future');
    if (future.length === 0) return;
    const names = future.map(({ name, progress }) => (progress ? `${name} (in part)` : name));
    this.#warn(`The database is ahead of this code by ${names.length} migrations: ${names.join(', ')}.`);
  }

  async #noticeUnread(): Promise<void> {
    const folders = migrationFolders(this.config);
    const files = folders === undefined ? [] : await unreadSqlFiles(folders);
    if (files.length === 0) return;
    this.#warn(`SQL files in folders of their own are no migrations: ${files.join(', ')}.`);
  }

  #warn(message: string): void {
    if (this.options.silent === true) return;
    // MikroORM shows warnings only where its option `debug` is set.
    this.config.getLogger().warn('migrator', message, { enabled: true });
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
