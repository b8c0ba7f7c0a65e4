import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { IMigrationGenerator } from '@mikro-orm/core';
import { withMembers } from '../generated-class.ts';
import type { Phase } from './phases.ts';
import type { PlannedBackfill, PlannedFile } from './plan-files.ts';

/** A file that `create()` has written. */
export interface CreatedFile {
  /** Relative to the folder of the migrations. */
  fileName: string;
  phase: Phase | 'backfill';
  /** What it runs; of a backfill, its UPDATE. */
  statements: string[];
  /** What undoes them; empty if nobody can. */
  down: string[];
  /** Of a backfill: somebody has to put in the value before it can run. */
  isOpen?: boolean;
  /** The backfills that it waits for. */
  requiresBackfills?: string[];
  /** The text of the file. */
  code: string;
}

/** Where and how files are written. */
export interface FileTarget {
  folder: string;
  /** The name without its ending, of a time such as 20261201120000. */
  nameOf: (timestamp: string, name: string | undefined) => string;
  classNameOf: (timestamp: string, name: string | undefined) => string;
  generator: IMigrationGenerator;
  /** The ending of classes; SQL files if undefined. */
  classEnding: string | undefined;
  /** Those that exist: new ones sort after them. */
  existing: readonly string[];
}

/**
 * Writes the files of a change, which are named so that they run in their order.
 *
 * @param name the end of their names, before the phase; a file that is the only one has none
 * @throws UserError `invalid-settings`: a file has the name of one that exists.
 */
export async function writeFiles(
  files: readonly PlannedFile[],
  name: string | undefined,
  target: FileTarget,
): Promise<CreatedFile[]> {
  const created: CreatedFile[] = [];
  const begin = firstTime(target.existing);
  for (const [index, file] of files.entries()) {
    const timestamp = timestampOf(new Date(begin.getTime() + index * 1000));
    const named =
      files.length === 1 ? name : [name, file.phase].filter((part) => part !== undefined).join('_');
    const backfills = file.backfills.map((backfill) => backfillFile(backfill, timestamp));
    created.push(...backfills, await migrationFile(file, backfills, timestamp, named, target));
  }
  for (const { fileName } of created) await refuseExisting(join(target.folder, fileName));
  for (const { fileName, code } of created) {
    const path = join(target.folder, fileName);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, code, { flush: true });
  }
  return created;
}

function backfillFile({ table, column, text, isOpen }: PlannedBackfill, timestamp: string): CreatedFile {
  const statement = text.split('\n').filter((line) => !line.startsWith('--') && line !== '');
  return {
    fileName: `backfills/${`${timestamp}_${table}_${column}`.replaceAll(/\W/g, '_')}.sql`,
    phase: 'backfill',
    statements: statement,
    down: [],
    isOpen,
    code: text,
  };
}

async function migrationFile(
  { phase, statements, down = [], isStepwise }: PlannedFile,
  backfills: readonly CreatedFile[],
  timestamp: string,
  name: string | undefined,
  { nameOf, classNameOf, generator, classEnding }: FileTarget,
): Promise<CreatedFile> {
  const diff = { up: [...statements], down: [...down] };
  const requiresBackfills = backfills.map(({ fileName }) =>
    fileName.slice('backfills/'.length, -'.sql'.length),
  );
  const code =
    classEnding === undefined
      ? sqlText(statements, isStepwise, requiresBackfills)
      : withMembers(
          await generator.generateMigrationFile(classNameOf(timestamp, name), diff),
          requiresBackfills.length === 0
            ? []
            : [
                `static requiresBackfills = [${requiresBackfills.map((each) => JSON.stringify(each)).join(', ')}];`,
              ],
          isStepwise,
        );
  return {
    fileName: `${nameOf(timestamp, name)}.${classEnding ?? 'sql'}`,
    phase,
    statements: diff.up,
    down: diff.down,
    ...(requiresBackfills.length > 0 && { requiresBackfills }),
    code,
  };
}

function sqlText(statements: readonly string[], isStepwise: boolean, backfills: readonly string[]): string {
  const header = [
    ...(isStepwise ? ['-- no-transaction'] : []),
    ...(backfills.length > 0 ? [`-- requires-backfill: ${backfills.join(', ')}`] : []),
  ];
  const body = statements.map((statement) => `${statement.replace(/;\s*$/, '')};\n`);
  return [...header.map((line) => `${line}\n`), ...(header.length > 0 ? ['\n'] : []), ...body].join('');
}

/** Now, or a second after the last migration if that is later: a new one must sort after it. */
function firstTime(existing: readonly string[]): Date {
  const now = new Date();
  const last = existing.map((name) => timeIn(name)).reduce((a, b) => Math.max(a, b), 0);
  const isLater = last >= Math.floor(now.getTime() / 1000) * 1000;
  return isLater && new Date(last).getUTCFullYear() < 9999 ? new Date(last + 1000) : now;
}

function timeIn(name: string): number {
  const [, year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? 0 : time;
}

function timestampOf(time: Date): string {
  return time.toISOString().replaceAll(/[-T:]|\.\d{3}Z$/g, '');
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new UserError('invalid-settings', `${path} exists already, so that nothing was written.`, {
    hint: 'Give another name, or put the time into `fileName` in the options of `migrations`.',
  });
}
