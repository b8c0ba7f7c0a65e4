import { ormOptions } from '@ecommerce-dms/entities';
import { importCatalog, readCatalog, sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { provisionRoles } from '@ecommerce-dms/entities/roles';
import type { Cluster } from '@ecommerce-dms/local-rds';
import { Migrator } from '@ecommerce-dms/migrator';
import { MikroORM } from '@mikro-orm/postgresql';
import { escapeIdentifier } from 'pg';
import { withClient } from '../database/with-client.ts';
import { withShopOrm } from '../database/shop-orm.ts';
import type { Credentials } from '../local/credentials.ts';

/** What the sessions of the drill's clients are called in `pg_stat_activity`. */
export const clientName = 'dms-drill';
const database = 'shop_drill';

/** A shop that a drill may do to what it likes, in a database of its own. */
export interface DrillShop {
  cluster: Cluster;
  /** The shop's application: sessions of `shop_app` on the writer, whichever server that is. */
  orm: MikroORM;
  /** The database on the writer: as the application, as the schema's owner, as superuser. */
  url: string;
  ownerUrl: string;
  adminUrl: string;
}

/** Makes a migrated shop with the sample catalog beside the environment's own, and drops it after `use`. */
export async function withDrillShop<Result>(
  { cluster, credentials, clients }: { cluster: Cluster; credentials: Credentials; clients: number },
  use: (shop: DrillShop) => Promise<Result>,
): Promise<Result> {
  const adminUrl = Object.assign(new URL(cluster.adminUrl), { pathname: `/${database}` }).href;
  // A drill that was killed has left its own.
  await dropDatabase(cluster);
  await cluster.createDatabase(database);
  try {
    await provisionRoles({ adminUrl });
    const as = (user: 'shop_app' | 'shop_migrator') =>
      cluster.url({ user, password: credentials[user], database });
    await withShopOrm(as('shop_migrator'), (orm) => Migrator.of(orm).up());
    await importCatalog(as('shop_app'), await readCatalog(sampleCatalogPath));
    const orm = await MikroORM.init({
      ...ormOptions({ url: as('shop_app'), applicationName: clientName }),
      pool: { max: clients },
      // A connection that the drill ends is no news.
      logger: () => undefined,
    });
    try {
      return await use({ cluster, orm, adminUrl, url: as('shop_app'), ownerUrl: as('shop_migrator') });
    } finally {
      await orm.close(true);
    }
  } finally {
    await dropDatabase(cluster);
  }
}

async function dropDatabase(cluster: Cluster): Promise<void> {
  await withClient(cluster.adminUrl, (client) =>
    client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`),
  );
}
