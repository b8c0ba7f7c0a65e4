import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import type { MigrationSource } from '../migration-source.ts';
import { withoutEnding } from './migration-name.ts';
import { readSqlFile, type SqlFile } from './sql-file.ts';
import type { HeaderName } from './sql-header.ts';

/** Where an SQL migration is: `NAME.sql`, and `NAME.down.sql` if it can be reverted. */
export interface SqlMigrationPaths {
  up: string;
  down?: string;
}

/**
 * An SQL migration as the migrator finds it.
 *
 * @param headers those that the file may have; default all
 */
export function sqlMigrationSource(
  name: string,
  paths: SqlMigrationPaths,
  config: Migration['config'],
  headers?: readonly HeaderName[],
): MigrationSource {
  return {
    name,
    path: paths.up,
    load: async (driver) => Object.assign(await SqlMigration.read(paths, driver, config, headers), { name }),
    replaces: async () => (await readSqlFile(paths.up, headers)).header.replaces.map(withoutEnding),
    requiresBackfills: async () =>
      (await readSqlFile(paths.up, headers)).header.requiresBackfills.map(withoutEnding),
    text: () => readFile(paths.up, 'utf8'),
  };
}

/** A migration whose statements are in SQL files. */
export class SqlMigration extends Migration {
  readonly #up: SqlFile;
  readonly #down: SqlFile | undefined;
  #emitted: SqlFile;

  constructor(driver: Migration['driver'], config: Migration['config'], up: SqlFile, down?: SqlFile) {
    super(driver, config);
    this.#up = up;
    this.#down = down;
    this.#emitted = up;
  }

  /** @throws UserError `invalid-migration`: names everything that is wrong with the files. */
  static async read(
    { up, down }: SqlMigrationPaths,
    driver: Migration['driver'],
    config: Migration['config'],
    headers?: readonly HeaderName[],
  ): Promise<SqlMigration> {
    const upFile = await readSqlFile(up, headers);
    const downFile =
      down === undefined
        ? undefined
        : await readSqlFile(down, ['no-transaction', 'lock-timeout', 'statement-timeout']);
    return new SqlMigration(driver, config, upFile, downFile);
  }

  override up(): void {
    if (this.#up.statements.length === 0) throw new Error(`${basename(this.#up.path)} has no statement`);
    this.#emit(this.#up);
  }

  override down(): void {
    if (this.#down === undefined) {
      throw new Error(
        `${basename(this.#up.path)} has no ${basename(this.#up.path, '.sql')}.down.sql beside it`,
      );
    }
    this.#emit(this.#down);
  }

  /** Of the file that was emitted last: each of the two has headers of its own. */
  override isTransactional(): boolean {
    return this.#emitted.header.transactional;
  }

  /** The settings of the run that the headers of the file replace, as {@link isTransactional}. */
  get settings(): FileSettings {
    return headerSettings(this.#emitted);
  }

  #emit(file: SqlFile): void {
    this.#emitted = file;
    for (const { sql } of file.statements) this.addSql(sql);
  }
}

/** The settings of a run that the headers of a file replace, in ms, by their names in its options. */
export interface FileSettings {
  ddlLockTimeoutMs?: number;
  statementTimeoutMs?: number;
}

function headerSettings({ header }: SqlFile): FileSettings {
  const { lockTimeoutMs, statementTimeoutMs } = header;
  return {
    ...(lockTimeoutMs !== undefined && { ddlLockTimeoutMs: lockTimeoutMs }),
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
  };
}
