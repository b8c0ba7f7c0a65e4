import { UserError } from '@ecommerce-dms/errors';
import type { MigrateOptions, MigrationsOptions } from '@mikro-orm/core';
import { migratorCommand } from './migrator-command.ts';
import { withoutEnding } from './files/migration-name.ts';

/**
 * Refuses names in the options of `up` or `down` that no migration has: MikroORM ignores a name that it does not find,
 * and `up({ to: 'tpyo' })` applies everything.
 *
 * @param known names in the code and in the ledger
 * @throws UserError `migration-not-found`: names all that do not exist.
 */
export function checkRequestedNames(
  options: string | string[] | MigrateOptions | undefined,
  known: ReadonlySet<string>,
  { fileName }: Pick<MigrationsOptions, 'fileName'>,
): void {
  const unknown = requested(options)
    // MikroORM takes a file's name, or its timestamp alone, as well.
    .map(withoutEnding)
    .map((name) => (/^\d{14}$/.test(name) && fileName ? fileName(name) : name))
    .filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new UserError('migration-not-found', `There is no migration ${unknown.join(', ')}.`, {
    hint: `${migratorCommand('info')} shows the names.`,
  });
}

/** The options with names as migrations have them: MikroORM removes the endings `.ts` and `.js`, and no other. */
export function withoutEndings<Options extends string | string[] | MigrateOptions | undefined>(
  options: Options,
): Options;
export function withoutEndings(
  options: string | string[] | MigrateOptions | undefined,
): string | string[] | MigrateOptions | undefined {
  if (options === undefined) return undefined;
  if (typeof options === 'string') return withoutEnding(options);
  if (Array.isArray(options)) return options.map(withoutEnding);
  const { from, to, migrations } = options;
  return {
    ...options,
    ...(typeof from === 'string' && { from: withoutEnding(from) }),
    ...(typeof to === 'string' && { to: withoutEnding(to) }),
    ...(migrations !== undefined && { migrations: migrations.map(withoutEnding) }),
  };
}

/** Whether the options of `up` name a migration, or leave out none. */
export function isRequested(
  name: string,
  options: string | string[] | MigrateOptions | undefined,
  { fileName }: Pick<MigrationsOptions, 'fileName'>,
): boolean {
  const known = (each: string | number): string =>
    /^\d{14}$/.test(String(each)) && fileName
      ? withoutEnding(fileName(String(each)))
      : withoutEnding(String(each));
  if (typeof options === 'string') return name === known(options);
  if (Array.isArray(options)) return options.map(known).includes(name);
  const { to, migrations } = options ?? {};
  if (migrations !== undefined) return migrations.map(known).includes(name);
  return to === undefined || name <= known(to);
}

function requested(options: string | string[] | MigrateOptions | undefined): string[] {
  if (options === undefined) return [];
  if (typeof options === 'string') return [options];
  if (Array.isArray(options)) return options;
  const { from, to, migrations = [] } = options;
  // 0 is MikroORM's name for the state before the first migration.
  return [from, to, ...migrations].filter((name) => name !== undefined && name !== 0).map(String);
}
