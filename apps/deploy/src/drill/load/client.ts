import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { jsonForm } from '@ecommerce-dms/entities';
import { isUserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Buyer } from '../buyer.ts';
import type { Random } from '../random.ts';
import type { Market } from './market.ts';
import type { Tally } from './tally.ts';

type Run<Input, Result> = (em: EntityManager, input: Input) => Promise<Result>;

/** A client of the shop: a buyer, or somebody who works there. */
export class Client {
  readonly random: Random;
  readonly market: Market;
  readonly buyer: Buyer;
  readonly tally: Tally;

  constructor(parts: { random: Random; market: Market; buyer: Buyer; tally: Tally }) {
    this.random = parts.random;
    this.market = parts.market;
    this.buyer = parts.buyer;
    this.tally = parts.tally;
  }

  /** An operation that may be repeated, or has no key; with one it may not, a lost connection leaves its outcome open. */
  async run<Input, Result>(
    operation: Run<Input, Result>,
    input: Input,
    { idempotent = false }: { idempotent?: boolean } = {},
  ): Promise<Result | undefined> {
    return await this.tally.done(operation.name, () => this.buyer.run(operation, input, { idempotent }));
  }

  async read<Input, Result>(operation: Run<Input, Result>, input: Input): Promise<Result | undefined> {
    return await this.run(operation, input, { idempotent: true });
  }

  /**
   * An operation with a key of its own. One in ten is sent twice at once, as by who clicks twice, and is to be answered
   * alike.
   * @param same what is alike in both answers; default all
   */
  async keyed<Input extends { idempotencyKey?: string | undefined }, Result>(
    operation: Run<Input, Result>,
    input: Omit<Input, 'idempotencyKey'>,
    same: (result: Result) => unknown = (result) => result,
  ): Promise<Result | undefined> {
    const request = { ...input, idempotencyKey: randomUUID() } as Input;
    const send = () => this.#answerOf(operation, request);
    const answers = this.random.chance(10) ? await Promise.all([send(), send()]) : [await send()];
    // As a client that got no answer asks again.
    if (answers.some(({ code }) => code === 'payment-outcome-unknown')) answers.push(await send());
    const results = answers.flatMap(({ result }) => (result === undefined ? [] : [result]));
    if (!areAlike(results, same)) {
      const told = results.map((result) => JSON.stringify(jsonForm(same(result))));
      this.tally.contradictions.push(`${operation.name}: ${told.join(' and ')}`);
    }
    return results.at(-1);
  }

  async #answerOf<Input, Result>(
    operation: Run<Input, Result>,
    request: Input,
  ): Promise<{ code?: string; result?: Result }> {
    let code: string | undefined;
    const result = await this.tally.done(operation.name, () =>
      this.buyer.run(operation, request).catch((error: unknown) => {
        code = isUserError(error) ? error.code : 'failed';
        throw error;
      }),
    );
    if (code !== undefined) return { code };
    return result === undefined ? {} : { result };
  }
}

/** A refusal is none: what was refused is free to be done by the same key a moment later. */
function areAlike<Result>(answers: Result[], same: (result: Result) => unknown): boolean {
  const [first, ...others] = answers.map(same);
  return others.every((other) => isDeepStrictEqual(other, first));
}
