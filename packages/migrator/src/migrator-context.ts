import type { MigrationsOptions } from '@mikro-orm/core';
import type { AbstractSqlDriver, Configuration } from '@mikro-orm/postgresql';
import type { DiscoveredMigration } from './discovered-migration.ts';
import { Discovery } from './discovery.ts';
import { type MigrationFolders, migrationFolders } from './files/migration-folders.ts';
import type { Ledger } from './ledger.ts';
import { runSettings } from './options.ts';
import { type RunLock, withRunLock } from './run-lock.ts';
import type { Runner } from './runner.ts';
import { type Survey, survey } from './survey.ts';

/** What MikroORM gives to a migrator, and what it makes of that. */
interface MigratorParts {
  driver: AbstractSqlDriver;
  config: Configuration;
  options: MigrationsOptions;
  ledger: Ledger;
  runner: Runner;
  /** Finds the migrations' folder: call it before {@link MigratorContext.folders}. */
  init: () => Promise<void>;
  /** The migrations of the code, in the order of application. */
  discover: () => Promise<DiscoveredMigration[]>;
}

/** What the methods of a migrator work with, each in a file of its own. */
export class MigratorContext {
  readonly driver: AbstractSqlDriver;
  readonly config: Configuration;
  readonly options: MigrationsOptions;
  readonly ledger: Ledger;
  readonly runner: Runner;
  readonly init: () => Promise<void>;
  readonly discovery = new Discovery();
  /** Who is told warnings in place of the log. */
  noticeListener: ((notice: string) => void) | undefined;
  readonly #discover: () => Promise<DiscoveredMigration[]>;

  constructor({ driver, config, options, ledger, runner, init, discover }: MigratorParts) {
    this.driver = driver;
    this.config = config;
    this.options = options;
    this.ledger = ledger;
    this.runner = runner;
    this.init = init;
    this.#discover = discover;
  }

  /** Undefined where the migrations are a list of classes. */
  get folders(): MigrationFolders | undefined {
    return migrationFolders(this.config);
  }

  async discover(): Promise<DiscoveredMigration[]> {
    await this.init();
    return this.#discover();
  }

  async survey(): Promise<Survey> {
    return survey(this.ledger, this.ledgerName, this.driver, await this.discover());
  }

  /** Calls `use` under the run lock. */
  locked<Result>(use: (lock: RunLock) => Promise<Result>, settings = runSettings({})): Promise<Result> {
    return withRunLock(this.driver, this.ledgerName, settings, use);
  }

  /** Calls `use` with the ledger of a schema; undefined is that of the options. */
  inSchema<Result>(schema: string | undefined, use: () => Promise<Result>): Promise<Result> {
    return this.ledger.inSchema(schema, use);
  }

  /** Calls `use` with the migrations of the code, in one transaction of the ledger, under the run lock. */
  recording<Result>(
    schema: string | undefined,
    use: (code: DiscoveredMigration[]) => Promise<Result>,
  ): Promise<Result> {
    return this.locked(() =>
      this.inSchema(schema, async () => {
        const code = await this.discover();
        return this.ledger.inTransaction(() => use(code));
      }),
    );
  }

  warn(message: string): void {
    if (this.noticeListener !== undefined) return this.noticeListener(message);
    if (this.options.silent === true) return;
    // MikroORM shows warnings only where its option `debug` is set.
    this.config.getLogger().warn('migrator', message, { enabled: true });
  }

  /** Without the schema of a call: all schemas of a project share one lock, so that their runs take turns. */
  get ledgerName(): string {
    return this.options.tableName ?? '';
  }
}
