import { setTimeout as delay } from 'node:timers/promises';
import { Buyer } from './buyer.ts';
import { type Crash, crashWriter, killClients } from './disturbance.ts';
import type { DrillShop } from './drill-shop.ts';
import { activities } from './load/activities.ts';
import { Client } from './load/client.ts';
import { useDashboard } from './load/dashboard.ts';
import { DrillProvider } from './load/drill-provider.ts';
import { Market, openMarket } from './load/market.ts';
import { Workers } from './load/run-workers.ts';
import { settle, type Settlement } from './load/settle.ts';
import { Tally } from './load/tally.ts';
import { readStock } from './load/read-stock.ts';
import { WebhookTraffic } from './load/webhook-traffic.ts';
import { Random } from './random.ts';

/** What the clients of a disturbed shop were told. */
export interface MixedLoad {
  seed: number;
  clients: number;
  tally: Tally;
  /** The books of the payment provider, in minor units. */
  money: ReturnType<DrillProvider['totals']>;
  clientsKilled: number;
  crash: Crash;
  webhooks: Pick<WebhookTraffic, 'delivered' | 'refused'>;
  workers: Pick<Workers, 'published' | 'setAside' | 'terms'>;
  settlement: Settlement;
  ms: number;
}

/** How a mixed load is run. */
export interface MixedLoadOptions {
  clients: number;
  operations: number;
  seed: number;
  signal: AbortSignal;
  progress: (text: string) => void;
}

/**
 * Clients that use all operations, at weights, until so many are done, while their sessions are ended at random; half-way,
 * the writer crashes. The provider loses requests and answers, its webhooks come late, twice and in any order, and things
 * happen in its dashboard. Workers publish and sweep meanwhile. Then all that is open is settled.
 */
export async function runMixedLoad(shop: DrillShop, options: MixedLoadOptions): Promise<MixedLoad> {
  const startedAt = performance.now();
  const { clients, operations, seed, signal, progress } = options;
  const random = new Random(seed);
  const market = new Market(new DrillProvider(random.fork()));
  const buyer = new Buyer(shop.orm, signal, market.pricing);
  await openMarket(buyer, market, await readStock(shop));
  const tally = new Tally();
  const webhooks = new WebhookTraffic(buyer, market, random.fork());
  const workers = new Workers();
  const [loading, working] = [new AbortController(), new AbortController()];
  const whileLoading = AbortSignal.any([signal, loading.signal]);
  const whileWorking = AbortSignal.any([signal, working.signal]);
  // Also ended by a failure of any part: nothing may go on when the servers do not come back.
  const isGoingOn = () => tally.operations < operations && !whileLoading.aborted;
  const shopping = Array.from({ length: clients }, async () => {
    const client = new Client({ random: random.fork(), market, buyer, tally });
    while (isGoingOn()) {
      progress(`${tally.operations} of ${operations} operations, ${tally.placed.length} orders`);
      await client.random.weighted(activities)(client);
    }
  });
  const crashing = halfWay(tally, operations, whileLoading).then(() => crashWriter(shop.cluster));
  const killing = killClients(shop.adminUrl, whileLoading);
  const delivering = webhooks.flow(whileLoading);
  const meddling = meddle(market.provider, random.fork(), whileLoading);
  const work = workers.run(shop, market.provider, whileWorking);
  const background = [killing, delivering, meddling, work];
  // Awaited below; a failure before that is not an unhandled one.
  Promise.all(background).catch(() => undefined);
  try {
    const [crash] = await Promise.all([crashing, ...shopping]);
    loading.abort();
    const [clientsKilled] = await Promise.all([killing, delivering, meddling]);
    progress('settling what is open');
    const settlement = await settle(buyer, market, webhooks);
    await drained(buyer, signal);
    working.abort();
    await work;
    const money = market.provider.totals();
    const ms = Math.round(performance.now() - startedAt);
    return { seed, clients, tally, money, clientsKilled, crash, webhooks, workers, settlement, ms };
  } finally {
    loading.abort();
    working.abort();
    await Promise.allSettled([...shopping, crashing, ...background]);
  }
}

async function halfWay(tally: Tally, operations: number, signal: AbortSignal): Promise<void> {
  while (tally.operations < operations / 2) {
    signal.throwIfAborted();
    await delay(5);
  }
}

/** Somebody is at the provider's dashboard, and so are banks. */
async function meddle(provider: DrillProvider, random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    useDashboard(provider, random);
    await delay(random.below(400));
  }
}

/** Until the outbox is empty; the workers are at work. */
async function drained(buyer: Buyer, signal: AbortSignal): Promise<void> {
  const waiting = async () =>
    await buyer.run(
      (em) =>
        em.execute('select from outbox_event where published_at is null and set_aside_at is null limit 1'),
      undefined,
      { idempotent: true },
    );
  while (!signal.aborted && (await waiting()).length > 0) await delay(20);
  signal.throwIfAborted();
}
