import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { shopPlan } from '@ecommerce-dms/entities/seed';
import type { Cluster } from '@ecommerce-dms/local-rds';
import { seed } from '@ecommerce-dms/seeder';
import { createShop, urlOf, withClient, withOrm } from '../shop-server.ts';

/** The first migrations that make a usable shop: its tables, and the rights of the application. */
const lastOfEarlyShop = '20261122000900-grants';
const appPassword = 'bench';

/** Orders whose prices include their taxes: the early schema knows none, so they have no taxes. */
const withoutIncludedTaxes = `
  set session_replication_role = replica;
  delete from order_adjustment a using sales_order o where o.id = a.order_id and o.tax_included and a.kind = 'tax';
  update sales_order set tax_included = false, tax_minor = 0 where tax_included;`;

/**
 * Makes the database `shop` as the first release of the shop would have left it, with that many orders: the last release's
 * seed plan fills the last schema, and all later migrations are reverted.
 *
 * @returns the names of the migrations that are applied in it
 */
export async function createEarlyShop(cluster: Cluster, orders: number): Promise<string[]> {
  await createShop(cluster);
  const url = urlOf(cluster, 'shop');
  await provisionRoles({ adminUrl: url, passwords: { shop_app: appPassword } });
  await seed({ url, plan: shopPlan({ orders, at: new Date() }), seed: 1, connections: 2 });
  await withClient(url, (client) => client.query(withoutIncludedTaxes));
  const applied = await withOrm(url, async (orm) => {
    await orm.migrator.down({ to: lastOfEarlyShop });
    return (await orm.migrator.getExecuted()).map(({ name }) => name);
  });
  await withClient(url, (client) => client.query('vacuum analyze'));
  return applied;
}

/** The URL of a database of the cluster, as the application logs in. */
export function applicationUrl(cluster: Cluster, database: string): string {
  const url = new URL(urlOf(cluster, database));
  return Object.assign(url, { username: 'shop_app', password: appPassword }).href;
}
