import { isUserError, UserError } from '@ecommerce-dms/errors';
import { MikroORM, type Options, Utils } from '@mikro-orm/postgresql';
import { Migrator } from '../migrator.ts';
import { untestedOrmNotice } from '../orm-version.ts';
import { withConnection } from './connection-options.ts';
import { type Environment, findConfig, projectSettings } from '../project/find-config.ts';
import { loadConfig } from '../project/load-config.ts';

/** Which project, and which database of it. */
export interface ProjectOptions {
  /** The file of the configuration; default: where MikroORM's own command looks. */
  config?: string;
  /** The name in a configuration that has several. */
  context?: string;
  url?: string;
}

/** Calls `use` with the migrator of the project in `folder`, and closes its connections afterwards. */
export async function withProjectMigrator<Result>(
  folder: string,
  env: Environment,
  { config, context, url }: ProjectOptions,
  log: (line: string) => void,
  use: (migrator: Migrator) => Promise<Result>,
): Promise<Result> {
  const settings = projectSettings(folder, env);
  const file = findConfig(folder, settings, env, config);
  const options = await loadConfig(
    folder,
    file,
    settings,
    context ?? env['MIKRO_ORM_CONTEXT_NAME'] ?? 'default',
  );
  const orm = await open(folder, file, withConnection(options as Options, url, env), log);
  const notice = untestedOrmNotice(Utils.getORMVersion());
  if (notice !== undefined) log(notice);
  try {
    const migrator = Migrator.of(orm);
    migrator.onNotice(log);
    return await use(migrator);
  } finally {
    await orm.close(true);
  }
}

async function open(
  folder: string,
  file: string,
  options: Options,
  log: (line: string) => void,
): Promise<MikroORM> {
  try {
    return await MikroORM.init({
      baseDir: folder,
      ...options,
      allowGlobalContext: true,
      discovery: { warnWhenNoEntities: false, ...options.discovery },
      extensions: [
        ...(options.extensions ?? []).filter((each) => Reflect.get(each, 'name') !== 'Migrator'),
        Migrator,
      ],
      logger: log,
      migrations: { ...options.migrations, silent: true },
    });
  } catch (cause) {
    if (isUserError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('invalid-settings', `MikroORM does not accept the options of ${file}: ${reason}`, {
      hint: 'Correct them; the driver must be that of @mikro-orm/postgresql.',
      cause,
    });
  }
}
