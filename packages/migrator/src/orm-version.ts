import { UserError } from '@ecommerce-dms/errors';

/** The versions of MikroORM with which all tests of this package have passed. */
export const testedOrmVersions: readonly string[] = ['7.2.0', '7.2.1'];

/**
 * What to know about a version of MikroORM; undefined when it is tested.
 *
 * @throws UserError `invalid-settings`: it has another minor version; this package extends what MikroORM keeps internal.
 */
export function untestedOrmNotice(version: string): string | undefined {
  if (testedOrmVersions.includes(version)) return undefined;
  const tested = `tested with MikroORM ${testedOrmVersions.join(' and ')}`;
  if (version.startsWith('7.2.')) return `The migrator is ${tested}; this is ${version}.`;
  throw new UserError('invalid-settings', `The migrator does not work with MikroORM ${version}.`, {
    hint: `It is ${tested}: npm install @mikro-orm/core@${testedOrmVersions.at(-1)} @mikro-orm/postgresql@${testedOrmVersions.at(-1)} @mikro-orm/migrations@${testedOrmVersions.at(-1)}`,
  });
}
