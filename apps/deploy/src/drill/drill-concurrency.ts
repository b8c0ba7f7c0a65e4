import { openCluster } from '@ecommerce-dms/local-rds';
import { type DrillFigures, findLosses } from './find-losses.ts';
import type { Warning } from './warnings.ts';
import { openDatabase } from '../database/open-database.ts';
import { withDrillShop } from './drill-shop.ts';
import { useLastCoupons } from './last-coupons.ts';
import { sellLastUnits } from './last-units.ts';
import { readStock } from './load/read-stock.ts';
import { type MixedLoad, runMixedLoad } from './mixed-load.ts';
import { repeatKey } from './repeat-key.ts';
import { clusterDirectory, environmentCredentials } from '../local/local-database.ts';
import type { StageContext } from '../stage.ts';

/** How hard the drill is. */
export interface ConcurrencyDrillOptions {
  /** Clients at once for the last units, and for the last uses of a coupon. */
  clients: number;
  /** Operations of the mixed load. */
  operations: number;
  /** From which the clients of the mixed load make their choices, and the provider its faults; default another each time. */
  seed?: number;
}

/** What the drill has found out. */
export interface ConcurrencyDrillResult {
  lastUnits: DrillFigures['lastUnits'];
  lastCoupons: DrillFigures['lastCoupons'];
  repeatedKey: DrillFigures['repeatedKey'];
  mixedLoad: ReturnType<typeof summarized>;
  checks: number;
  /** What the checks warn of, and why that is as it should be. */
  warnings: Warning[];
  /** What was lost or wrong, each as a sentence. */
  losses: string[];
}

/** So many clients shop at once in the mixed load, and the drill's pool has as many connections. */
const poolSize = 12;
const lastUnits = 10;
const couponLimit = 10;

/**
 * Rehearses what concurrency and failures may do to a shop, on the running local cluster, in a database of its own:
 * many clients for the last units and for the last uses of a coupon, one key sent 50 times, and all operations at weights
 * while sessions are ended at random, the writer crashes, and the payment provider loses what it is told. Then looks for
 * what was lost.
 */
export async function drillConcurrency(
  context: StageContext,
  { clients, operations, seed = Math.floor(Math.random() * 2 ** 32) }: ConcurrencyDrillOptions,
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
    const { wares } = await readStock(shop);
    const variantId = wares[0]?.variantId ?? '';
    const lastCoupons = await useLastCoupons(shop.orm, { clients, limit: couponLimit, variantId, signal });
    const repeatedKey = await repeatKey(shop.orm, { variantId, signal });
    const mixedLoad = await runMixedLoad(shop, {
      clients: poolSize,
      operations,
      seed,
      signal,
      progress,
    });
    progress('looking for what was lost');
    const figures = { lastUnits: sold, lastCoupons, repeatedKey, mixedLoad };
    const { checks, warnings, losses } = await findLosses(shop, figures, signal);
    const summary = summarized(mixedLoad);
    return {
      summary: `${summary.operations} operations (seed ${seed}), ${summary.acknowledged} orders: ${losses.length === 0 ? 'nothing' : `${losses.length} things`} lost`,
      result: { ...figures, mixedLoad: summary, checks, warnings, losses },
    };
  });
}

/** The mixed load in numbers. */
function summarized({ tally, workers, webhooks, settlement, ...load }: MixedLoad) {
  const { operations, called, refused, unexpected, contradictions, placed } = tally;
  return {
    ...load,
    operations,
    called,
    refused,
    unexpected,
    contradictions,
    acknowledged: placed.length,
    published: workers.published.size,
    leaders: workers.terms,
    webhooks: { delivered: webhooks.delivered, refused: webhooks.refused },
    differences: settlement.differences.length,
  };
}
