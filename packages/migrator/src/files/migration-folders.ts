import { type Configuration, Utils } from '@mikro-orm/core';
import { fs } from '@mikro-orm/core/fs-utils';

/** The folders of migrations, as absolute paths. */
export interface MigrationFolders {
  /** The one that is read. */
  read: string;
  /** The one in which the files are written, if a build puts them into `read`. */
  source?: string;
}

/**
 * The folders that `path` and `pathTs` name in the options of `migrations`; undefined when neither does, as with a
 * `migrationsList`. MikroORM fills them in when it looks for migrations.
 */
export function migrationFolders(config: Configuration): MigrationFolders | undefined {
  const { path, pathTs } = config.get('migrations');
  const absolute = (folder: string): string => fs.absolutePath(folder, config.get('baseDir'));
  const source = pathTs === undefined ? undefined : absolute(pathTs);
  const isTypeScript = config.get('preferTs', Utils.detectTypeScriptSupport());
  if (source !== undefined && (isTypeScript || path === undefined)) return { read: source };
  if (path === undefined) return undefined;
  const read = absolute(path);
  return source === undefined || source === read ? { read } : { read, source };
}
