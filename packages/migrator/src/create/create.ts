import { join } from 'node:path';
import type { Configuration, IMigrationGenerator, MigrationResult } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { fs } from '@mikro-orm/core/fs-utils';
import type { Finding } from '../lint/finding.ts';
import { type PlanOptions, planCreation } from './create-migrations.ts';
import type { PlannedFile } from './plan-files.ts';
import { type CreatedFile, writeFiles } from './write-files.ts';

/** Options of `create`. */
export interface CreateOptions extends PlanOptions {
  /** Where to write. Default: the folder of the migrations. */
  path?: string | undefined;
  /** The end of the names, after the time. */
  name?: string | undefined;
  /** One file without statements, to be written by hand. Default: false. */
  blank?: boolean | undefined;
  /** The first one of a project, with all tables, as MikroORM writes it. Default: false. */
  initial?: boolean | undefined;
  /** SQL files. Default: classes, as `emit` of the options says. */
  sql?: boolean | undefined;
}

/** What `create()` has written. */
export interface CreatedMigrations extends MigrationResult {
  files: CreatedFile[];
  /** What the migrations have made and the entities lack, such as `column:public.item.note`: left alone. */
  leftovers: string[];
  /** Those that no row can be without: the entities write rows without them. Let them be null with `optional`. */
  required: string[];
  /** What may be a rename instead, such as `column:public.item.note=remark`: an option for `rename`. */
  possibleRenames: string[];
  /** Statements that MikroORM asks for, and that change nothing. */
  ineffective: string[];
  /** Warnings of lint about what was written. */
  warnings: Finding[];
}

/** What a project's files are written with. */
export interface CreateTarget {
  driver: AbstractSqlDriver;
  config: Configuration;
  generator: IMigrationGenerator;
  /** The folder of the migrations; undefined if they are in none. */
  folder: string | undefined;
  /** The names of the migrations. */
  existing: readonly string[];
  /** Of entities that name none. */
  schema: string | undefined;
}

const nothingElse = { leftovers: [], required: [], possibleRenames: [], ineffective: [], warnings: [] };

/** The result of MikroORM's own `create()`. */
export function asCreated({ fileName, code, diff }: MigrationResult): CreatedMigrations {
  const file: CreatedFile = { fileName, phase: 'single', statements: diff.up, down: diff.down, code };
  return { fileName, code, diff, files: [file], ...nothingElse };
}

const blankFile: PlannedFile = {
  phase: 'single',
  statements: ['select 1'],
  down: ['select 1'],
  isStepwise: false,
  backfills: [],
};

/** Plans and writes migrations, or one without statements. */
export async function createMigrations(
  target: CreateTarget,
  options: CreateOptions,
): Promise<CreatedMigrations> {
  const { config, driver, generator, existing } = target;
  const { files, leftovers, ...plan } = options.blank
    ? { files: [blankFile], ...nothingElse }
    : await planCreation(driver, target.schema, options);
  const migrations = config.get('migrations');
  const naming = config.getNamingStrategy();
  const created = await writeFiles(files, options.name, {
    folder: folderOf(target, options),
    nameOf: (timestamp, name) => migrations.fileName?.(timestamp, name) ?? timestamp,
    classNameOf: (timestamp, name) => naming.classToMigrationName(timestamp, name),
    generator,
    classEnding: options.sql === true ? undefined : (migrations.emit ?? 'ts'),
    existing,
  });
  const [first] = created;
  return {
    fileName: first?.fileName ?? '',
    code: first?.code ?? '',
    diff: {
      up: created.flatMap(({ phase, statements }) => (phase === 'backfill' ? [] : statements)),
      down: created.toReversed().flatMap(({ down }) => down),
    },
    files: created,
    leftovers: leftovers.map(({ name }) => name),
    ...plan,
  };
}

function folderOf({ config, folder }: CreateTarget, { path, sql }: CreateOptions): string {
  const baseDir = config.get('baseDir');
  if (path !== undefined) return fs.absolutePath(path, baseDir);
  const { emit, pathTs, path: built } = config.get('migrations');
  if (sql === true && folder !== undefined) return folder;
  return fs.absolutePath((emit === 'ts' && pathTs) || built || join('.', 'migrations'), baseDir);
}
