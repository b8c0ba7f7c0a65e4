import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from '../src/orm-options.ts';
import { ownerRole, provisionRoles } from '../src/roles/index.ts';

/** The URL with the role in which its sessions begin. */
export function urlAs(url: string, role: string): string {
  const session = new URL(url);
  session.searchParams.set('options', `-c role=${role}`);
  return session.href;
}

/**
 * A migrated shop without rows other than reference data, for `createTestDatabase({ template: shopTemplate })`.
 *
 * A clone has the tables and their grants, but not what belongs to the database itself (its owner, CONNECT, the
 * settings of roles): call `provisionRoles({ adminUrl })` on the clone where a test needs those.
 */
export const shopTemplate = {
  name: 'shop',
  async prepare(url: string): Promise<void> {
    await provisionRoles({ adminUrl: url });
    await migrateShop(url);
  },
};

/** Applies all migrations as the owner. */
export async function migrateShop(url: string): Promise<void> {
  const orm = await MikroORM.init({ ...ormOptions({ url: urlAs(url, ownerRole) }), logger: () => undefined });
  try {
    await orm.migrator.up();
  } finally {
    await orm.close();
  }
}
