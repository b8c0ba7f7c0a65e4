import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { addToCart, type PlacedOrder, relayOutbox } from '@ecommerce-dms/entities';
import { InMemoryPaymentProvider } from '@ecommerce-dms/entities/testing';
import { type Done, followUp } from './after-checkout.ts';
import { Buyer, refusalCode } from './buyer.ts';
import { type Crash, crashWriter, killClients } from './disturbance.ts';
import type { DrillShop } from './drill-shop.ts';
import { random } from './random.ts';

/** What the clients of a disturbed shop were told. */
export interface MixedLoad {
  clients: number;
  /** Carts opened, lines added, checkouts sent, orders paid, cancelled, shipped, refunded. */
  operations: number;
  /** The orders that were acknowledged to a client, and how often one key was answered with two. */
  acknowledged: (PlacedOrder & { cartId: string })[];
  contradictions: number;
  /** The books of the payment provider, in minor units. */
  money: ReturnType<InMemoryPaymentProvider['totals']>;
  /** Refusals by the shop's rules: how often each code. */
  refused: Record<string, number>;
  /** Errors that no client should see: deadlocks, lost connections... */
  unexpected: string[];
  clientsKilled: number;
  crash: Crash;
  /** Ids of the orders whose `order.placed` was published. */
  published: Set<string>;
  ms: number;
}

/** Two relays at once, as two instances of the application would run them. */
const relays = 2;

/**
 * Clients that fill carts and check out until so many operations are done, while their sessions are ended at random;
 * half-way, the writer crashes. The outbox is relayed meanwhile.
 */
export async function runMixedLoad(
  shop: DrillShop,
  options: {
    clients: number;
    operations: number;
    variantIds: string[];
    signal: AbortSignal;
    progress: (text: string) => void;
  },
): Promise<MixedLoad> {
  const startedAt = performance.now();
  const { clients, operations, signal, progress } = options;
  const load = new Load(new Buyer(shop.orm, signal), options.variantIds);
  const disturbing = new AbortController();
  const disturbed = AbortSignal.any([signal, disturbing.signal]);
  const killing = killClients(shop.adminUrl, disturbed);
  const published = new Set<string>();
  const relaying = Array.from({ length: relays }, () =>
    relayOutbox(shop.orm.em, {
      handler: async ({ topic, aggregateId }) => {
        if (topic === 'order.placed') published.add(aggregateId);
      },
      pollIntervalMs: 50,
      signal: disturbed,
    }),
  );
  const shopping = Array.from({ length: clients }, async () => {
    while (load.operations < operations && !signal.aborted) {
      progress(`${load.operations} of ${operations} operations, ${load.acknowledged.length} orders`);
      await load.visit();
    }
  });
  const crashing = halfWay(load, operations, signal).then(() => crashWriter(shop.cluster));
  const background = Promise.all([killing, ...relaying]);
  // Awaited below; a failure before that is not an unhandled one.
  background.catch(() => undefined);
  try {
    const [crash] = await Promise.all([crashing, ...shopping]);
    await drained(shop, disturbed);
    signal.throwIfAborted();
    disturbing.abort();
    const [clientsKilled] = await background;
    const { acknowledged, contradictions, refused, unexpected } = load;
    return {
      money: load.provider.totals(),
      clients,
      operations: load.operations,
      acknowledged,
      contradictions,
      refused,
      unexpected,
      clientsKilled,
      crash,
      published,
      ms: Math.round(performance.now() - startedAt),
    };
  } finally {
    disturbing.abort();
    await Promise.allSettled([...shopping, crashing, background]);
  }
}

async function halfWay(load: Load, operations: number, signal: AbortSignal): Promise<void> {
  while (load.operations < operations / 2) {
    signal.throwIfAborted();
    await delay(5);
  }
}

/** Until the outbox is empty; the relays are at work. */
async function drained({ orm }: DrillShop, signal: AbortSignal): Promise<void> {
  const buyer = new Buyer(orm, signal);
  const waiting = async () =>
    await buyer.run(
      (em) => em.execute('select from outbox_event where published_at is null limit 1'),
      {},
      { idempotent: true },
    );
  while ((await waiting()).length > 0) await delay(20);
}

class Load {
  operations = 0;
  contradictions = 0;
  readonly acknowledged: MixedLoad['acknowledged'] = [];
  readonly refused: Record<string, number> = {};
  readonly unexpected: string[] = [];
  readonly provider = new InMemoryPaymentProvider();
  readonly #buyer: Buyer;
  readonly #variantIds: string[];

  constructor(buyer: Buyer, variantIds: string[]) {
    this.#buyer = buyer;
    this.#variantIds = variantIds;
  }

  /** A visit to the shop: a cart, 1 to 4 additions, in nine cases of ten a checkout, and what follows it. */
  async visit(): Promise<void> {
    const cartId = await this.#done(() => this.#buyer.openCart());
    if (cartId === undefined) return;
    for (let additions = 1 + random(4); additions > 0; additions--) {
      const variantId = this.#variantIds[random(this.#variantIds.length)] ?? '';
      const addition = { idempotencyKey: randomUUID(), cartId, variantId, quantity: 1 + random(3) };
      await this.#done(() => this.#buyer.run(addToCart, addition));
    }
    if (random(10) > 0) await this.#checkout(cartId);
  }

  /** One checkout in five is sent twice at once, as by a customer who clicks twice. */
  async #checkout(cartId: string): Promise<void> {
    const request = await this.#done(() => this.#buyer.agree(cartId));
    if (request === undefined) return;
    const clicks = random(5) === 0 ? 2 : 1;
    const placed = await Promise.all(
      Array.from({ length: clicks }, () => this.#done(() => this.#buyer.checkout(request))),
    );
    const [first, second] = placed.filter((order) => order !== undefined);
    if (first === undefined) return;
    this.acknowledged.push({ ...first, cartId });
    if (second !== undefined && second.id !== first.id) this.contradictions += 1;
    await followUp(first, { buyer: this.#buyer, provider: this.provider, done: this.#done });
  }

  readonly #done: Done = async (operation) => {
    this.operations += 1;
    try {
      return await operation();
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  };

  #note(error: unknown): void {
    try {
      const code = refusalCode(error);
      this.refused[code] = (this.refused[code] ?? 0) + 1;
    } catch {
      this.unexpected.push(String(error));
    }
  }
}
