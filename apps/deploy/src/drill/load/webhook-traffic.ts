import { setTimeout as delay } from 'node:timers/promises';
import { handleWebhook, type WebhookDelivery } from '@ecommerce-dms/entities';
import { isUserError } from '@ecommerce-dms/errors';
import type { Random } from '../random.ts';
import type { Buyer } from '../buyer.ts';
import type { Market } from './market.ts';

/** The webhooks of the provider, which come late, in any order, and often twice. */
export class WebhookTraffic {
  delivered = 0;
  /** Why deliveries were refused, by code: the provider has sent them again. */
  readonly refused: Record<string, number> = {};
  #seen = 0;
  #waiting: WebhookDelivery[] = [];
  #isEnding = false;
  readonly #buyer: Buyer;
  readonly #market: Market;
  readonly #random: Random;

  constructor(buyer: Buyer, market: Market, random: Random) {
    this.#buyer = buyer;
    this.#market = market;
    this.#random = random;
  }

  /** Delivers until `signal` aborts. */
  async flow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#round(75);
      await delay(20);
    }
  }

  /** Delivers what is left, again and again. @returns how many the shop does not take */
  async drain(): Promise<number> {
    this.#isEnding = true;
    for (let rounds = 0; rounds < 50 && this.#take().length > 0; rounds++) await this.#round(100);
    return this.#waiting.length;
  }

  #take(): WebhookDelivery[] {
    const { webhooks } = this.#market.provider;
    this.#waiting.push(...webhooks.slice(this.#seen));
    this.#seen = webhooks.length;
    return this.#waiting;
  }

  /** @param percent of those that wait, how many come now */
  async #round(percent: number): Promise<void> {
    const shuffled = this.#random.shuffled(this.#take());
    const now = shuffled.filter(() => this.#random.chance(percent)).slice(0, 100);
    const later = new Set(shuffled);
    for (const each of now) later.delete(each);
    this.#waiting = [...later];
    for (let start = 0; start < now.length; start += 4) {
      await Promise.all(now.slice(start, start + 4).map((each) => this.#deliver(each)));
    }
  }

  async #deliver(delivery: WebhookDelivery): Promise<void> {
    const send = () => this.#isTaken(delivery);
    // One in five comes twice at once, one in five once more later.
    const isTaken = await Promise.all(this.#random.chance(20) ? [send(), send()] : [send()]);
    const comesAgain = !this.#isEnding && this.#random.chance(20);
    if (!isTaken.every(Boolean) || comesAgain) this.#waiting.push(delivery);
  }

  async #isTaken(delivery: WebhookDelivery): Promise<boolean> {
    this.delivered += 1;
    try {
      const handle = this.#market.at(handleWebhook);
      const { unmatched } = await this.#buyer.run(handle, delivery, { idempotent: true });
      if (unmatched.length > 0) this.#refuse('unmatched');
      return unmatched.length === 0;
    } catch (error) {
      this.#refuse(isUserError(error) ? error.code : String(error));
      return false;
    }
  }

  #refuse(code: string): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1;
  }
}
