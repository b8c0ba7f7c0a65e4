import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ormOptions } from '@ecommerce-dms/entities';
import { importCatalog, readCatalog, sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { type Cluster, removeCluster } from '@ecommerce-dms/local-rds';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';

/** Gives `use` a new folder for a cluster, and deletes both afterwards. */
export async function withClusterFolder<Result>(
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'dms-bench-'));
  try {
    return await use(directory);
  } finally {
    // The data may lie elsewhere: the folder alone is not all of it.
    await removeCluster(directory);
    await rm(directory, { recursive: true, force: true });
  }
}

/** Superuser's URL of a database on the cluster's writer. */
export function urlOf({ adminUrl }: Cluster, database: string): string {
  return Object.assign(new URL(adminUrl), { pathname: `/${database}` }).href;
}

/** Makes the database `shop`: migrated, with the sample catalog. */
export async function createShop(cluster: Cluster): Promise<void> {
  await cluster.createDatabase('shop');
  const url = urlOf(cluster, 'shop');
  await provisionRoles({ adminUrl: url });
  await withOrm(url, (orm) => orm.migrator.up());
  await importCatalog(url, await readCatalog(sampleCatalogPath));
}

/** @param connections of its pool; default: MikroORM's */
export async function withOrm<Result>(
  url: string,
  use: (orm: MikroORM) => Promise<Result>,
  connections?: number,
): Promise<Result> {
  const orm = await MikroORM.init({
    ...ormOptions({ url }),
    ...(connections !== undefined && { pool: { max: connections } }),
    logger: () => undefined,
  });
  try {
    return await use(orm);
  } finally {
    await orm.close(true);
  }
}

export async function withClient<Result>(
  url: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
