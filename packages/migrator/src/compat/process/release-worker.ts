import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { MikroORM, Options } from '@mikro-orm/postgresql';
import { readConfig } from '../../project/read-config.ts';
import { Exercise } from '../exercise/exercise.ts';
import { type Mikro, openRelease } from '../exercise/release.ts';
import { onSession } from '../../shadow/shadow-config.ts';
import type { ReleaseLocation, ReleaseMethods, RemoteFailure, Request, Response } from './messages.ts';

// The process in which the code of a release runs. It imports no copy of MikroORM but that of the release.

/** The part of a migrator that both this package's and MikroORM's have, and `dryRun`, which only the first has. */
interface AnyMigrator {
  up: (options?: object) => Promise<{ name: string }[]>;
  dryRun?: (options?: object) => Promise<{ name: string; statements: string[] }[]>;
}

let exercise: Exercise | undefined;
let orm: MikroORM | undefined;

async function open({ folder, config, settings, contextName, session }: ReleaseLocation): Promise<void> {
  const options = (await readConfig(folder, config, settings, contextName)) as Options;
  const mikro = await importOf<Mikro>(config, '@mikro-orm/postgresql');
  if (mikro === undefined) {
    throw new UserError('invalid-settings', `${config} has no @mikro-orm/postgresql to import.`);
  }
  const migrator = await migratorFor(config);
  const extensions = (options.extensions ?? []).filter((each) => Reflect.get(each, 'name') !== 'Migrator');
  const shadowed = onSession({ baseDir: folder, ...options }, session);
  const release = await openRelease(mikro, {
    ...shadowed,
    ...(migrator !== undefined && { extensions: [...extensions, migrator] }),
  });
  orm = release.orm;
  const rows = await orm.em.getConnection().execute<{ name: string }[]>('select current_database() as name');
  if (rows[0]?.name.startsWith('dms_shadow_') !== true) {
    throw new UserError(
      'invalid-settings',
      `The options of ${config} lead to database ${rows[0]?.name}, whatever database they are given.`,
    );
  }
  exercise = new Exercise(release);
}

type Extension = NonNullable<Options['extensions']>[number];

/** The release's own version of this package, else this one, if it works with the release's copy of MikroORM. */
async function migratorFor(config: string): Promise<Extension | undefined> {
  const mikro = pathOf(config, '@mikro-orm/postgresql');
  const own = pathOf(config, '@ecommerce-dms/migrator');
  if (own !== undefined && pathOf(own, '@mikro-orm/postgresql') === mikro) {
    return (await importOf<{ Migrator: Extension }>(config, '@ecommerce-dms/migrator'))?.Migrator;
  }
  if (pathOf(import.meta.filename, '@mikro-orm/postgresql') !== mikro) return undefined;
  return (await import('../../migrator.ts')).Migrator;
}

/** A module as a file imports it; undefined if it is not installed there. */
async function importOf<Module>(file: string, name: string): Promise<Module | undefined> {
  const path = pathOf(file, name);
  return path === undefined ? undefined : ((await import(pathToFileURL(path).href)) as Module);
}

function pathOf(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}

function opened(): { exercise: Exercise; migrator: AnyMigrator } {
  if (exercise === undefined || orm === undefined) throw new Error('The release is not open.');
  return { exercise, migrator: orm.migrator as unknown as AnyMigrator };
}

const methods: ReleaseMethods = {
  open,
  describe: () => opened().exercise.describe(),
  pending: async () =>
    (await opened().migrator.dryRun?.({ checkSum: false }))?.map(({ name, statements }) => ({
      name,
      statements,
    })),
  migrate: async () =>
    (await opened().migrator.up({ checkSum: false, runBackfills: true })).map(({ name }) => name),
  plan: () => opened().exercise.plan(),
  control: () => opened().exercise.control(),
  run: () => opened().exercise.run(),
  writeRows: () => opened().exercise.writeRows(),
  writeValue: (change) => opened().exercise.writeValue(change),
  readRow: (row) => opened().exercise.readRow(row),
};

function remoteFailure(error: unknown): RemoteFailure {
  if (!(error instanceof Error)) return { message: String(error) };
  // Of another copy of the package, perhaps.
  if (!isUserError(error)) return { message: error.message };
  return { message: error.message, code: error.code, ...(error.hint !== undefined && { hint: error.hint }) };
}

process.on('message', ({ id, method, args }: Request) => {
  const call = methods[method] as (...given: unknown[]) => Promise<unknown>;
  const answer = (response: Response): void => void process.send?.(response);
  call(...args).then(
    (result) => answer({ id, result }),
    (error: unknown) => answer({ id, failure: remoteFailure(error) }),
  );
});
// Whoever asked is gone.
// oxlint-disable-next-line unicorn/no-process-exit
process.on('disconnect', () => process.exit());
