import { openCluster } from '@ecommerce-dms/local-rds';
import { type DrillFigures, findLosses } from './find-losses.ts';
import { openDatabase } from '../database/open-database.ts';
import { withClient } from '../database/with-client.ts';
import { withDrillShop } from './drill-shop.ts';
import { useLastCoupons } from './last-coupons.ts';
import { sellLastUnits } from './last-units.ts';
import { runMixedLoad } from './mixed-load.ts';
import { repeatKey } from './repeat-key.ts';
import { clusterDirectory, environmentCredentials } from '../local/local-database.ts';
import type { StageContext } from '../stage.ts';

/** How hard the drill is. */
export interface ConcurrencyDrillOptions {
  /** Clients at once for the last units, and for the last uses of a coupon. */
  clients: number;
  /** Operations of the mixed load. */
  operations: number;
}

/** What the drill has found out. */
export interface ConcurrencyDrillResult {
  lastUnits: DrillFigures['lastUnits'];
  lastCoupons: DrillFigures['lastCoupons'];
  repeatedKey: DrillFigures['repeatedKey'];
  mixedLoad: Omit<DrillFigures['mixedLoad'], 'acknowledged' | 'published'> & {
    acknowledged: number;
    published: number;
  };
  checks: number;
  /** What was lost or wrong, each as a sentence. */
  losses: string[];
}

/** So many clients shop at once in the mixed load, and the drill's pool has as many connections. */
const poolSize = 16;
const lastUnits = 10;
const couponLimit = 10;

/**
 * Rehearses what concurrency and failures may do to a shop, on the running local cluster, in a database of its own:
 * many clients for the last units and for the last uses of a coupon, one key sent 50 times, and mixed operations while sessions are ended at random and
 * the writer crashes. Then looks for what was lost.
 */
export async function drillConcurrency(
  context: StageContext,
  { clients, operations }: ConcurrencyDrillOptions,
): Promise<{ summary: string; result: ConcurrencyDrillResult }> {
  const { environment, signal, progress } = context;
  // It crashes the writer: a load of the environment's own that is under way would be cut off.
  await openDatabase(context, 'write');
  const cluster = await openCluster(clusterDirectory(environment));
  const credentials = await environmentCredentials(environment);
  progress('a shop of its own');
  return await withDrillShop({ cluster, credentials, clients: poolSize }, async (shop) => {
    progress(`${clients} clients for the last ${lastUnits} units`);
    const sold = await sellLastUnits(shop.orm, { clients, units: lastUnits, signal });
    const variantIds = await variantsForSale(shop.adminUrl);
    const variantId = variantIds[0] ?? '';
    const lastCoupons = await useLastCoupons(shop.orm, { clients, limit: couponLimit, variantId, signal });
    const repeatedKey = await repeatKey(shop.orm, { variantId, signal });
    const mixedLoad = await runMixedLoad(shop, {
      clients: poolSize,
      operations,
      variantIds,
      signal,
      progress,
    });
    progress('looking for what was lost');
    const figures = { lastUnits: sold, lastCoupons, repeatedKey, mixedLoad };
    const { checks, losses } = await findLosses(shop, figures, signal);
    const { acknowledged, published, ...load } = mixedLoad;
    return {
      summary: `${load.operations} operations, ${acknowledged.length} orders: ${losses.length === 0 ? 'nothing' : `${losses.length} things`} lost`,
      result: {
        ...figures,
        mixedLoad: { ...load, acknowledged: acknowledged.length, published: published.size },
        checks,
        losses,
      },
    };
  });
}

/** The variants of the catalog that cost something and are in stock; the best supplied first. */
async function variantsForSale(url: string): Promise<string[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select variant.id from product_variant variant
       join product on product.id = variant.product_id and product.status = 'active'
       join stock_level level on level.variant_id = variant.id
       where exists (select from price where variant_id = variant.id and currency_code = 'USD' and valid @> now()
           and amount_minor > 0)
         and level.on_hand > level.reserved
       group by 1 order by sum(level.on_hand) desc`,
    );
    return rows.map(({ id }) => id);
  });
}
