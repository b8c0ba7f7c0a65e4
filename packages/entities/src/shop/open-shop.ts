import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from '../orm-options.ts';
import { actingAs } from '../runtime/acting-as.ts';
import { commitLsn, logPosition, onReader } from '../runtime/on-reader.ts';
import { type Operation, withRetry } from '../runtime/with-retry.ts';
import { type Binding, bindTable, type RunMode } from './bind-operations.ts';
import { shopOperations, type ShopOperations } from './shop-operations.ts';
import { type ParsedShopSettings, parseShopSettings, type ShopSettings } from './shop-settings.ts';

/** On whose behalf, and after which writes, a session works. */
export interface SessionOptions {
  /** What {@link ShopSession.position} returned to the same client before: its reads see those writes. */
  after?: string | undefined;
  /** Who the logs name: an id of yours, without personal data, such as `support:17`; see `actingAs`. */
  actor?: string | undefined;
  /** Ends waits for a retry or for the reader. */
  signal?: AbortSignal | undefined;
}

/** The operations of a shop, each repeated safely, and each read after the writes of the same session. */
export interface ShopSession extends ShopOperations {
  /**
   * A token of all that this session has written, and of what it came after: put it into a cookie, and give it to the
   * next session of the same client. Undefined where there is nothing to wait for.
   */
  position(): Promise<string | undefined>;
  /** Runs an operation of your own on the writer, as one of the shop: in a new EntityManager at each attempt. */
  write<Input, Result>(operation: Operation<Input, Result>, input: Input): Promise<Result>;
  /** Runs a read of your own on a reader that has what this session wrote, in a read-only transaction. */
  read<Input, Result>(operation: Operation<Input, Result>, input: Input): Promise<Result>;
}

/** An open shop. It is a session by itself, for a program with one user; a server has a session for each request. */
export interface Shop extends ShopSession, AsyncDisposable {
  /** A session: on behalf of an actor, after what the same client wrote before. It needs no end. */
  session(options: SessionOptions): ShopSession;
  /** For transactions that you compose of the functions that take an EntityManager. */
  readonly orm: MikroORM;
  /** Closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens a shop: its operations, bound by domain to the database, the payment providers, and the calculators of fees and
 * taxes. Each takes what the function of the same purpose takes after its EntityManager and provider, returns and throws
 * the same, and is repeated as `withRetry` does. Reads go to the reader of `readerUrl`, and see what the same session
 * wrote before. Connections are opened as they are needed.
 *
 * @throws UserError `invalid-settings` with every fault; no secret is in it
 * @example
 * ```ts
 * const shop = await openShop({
 *   url: 'postgres://shop_app:app-secret@127.0.0.1:5432/shop',
 *   payments: [payments],
 *   shipping: () => [{ code: 'standard', amountMinor: 499n }],
 *   tax: noCharges,
 * });
 * const { id: cartId } = await shop.carts.open({ currencyCode: 'EUR' });
 * await shop.carts.add({ cartId, variantId, quantity: 2, idempotencyKey: 'click-1' });
 * const { totalMinor } = await shop.carts.quote({ cartId, destination: { countryCode: 'DE' } });
 * const order = await shop.checkout({ ...request, cartId, expectedTotalMinor: totalMinor });
 * await shop.payments.authorize({ idempotencyKey: 'pay-1', orderId: order.id, paymentMethod: 'tok_1' });
 * await shop.close();
 * ```
 */
export async function openShop(input: ShopSettings): Promise<Shop> {
  const settings = parseShopSettings(input);
  const orm = await MikroORM.init({
    ...ormOptions(settings),
    pool: { max: settings.poolSize },
    // What it has to say of connections that come and go is in the errors.
    logger: () => undefined,
  });
  const table = shopOperations(settings);
  const session = (options: SessionOptions) => new Session(orm, settings, options).bind(table);
  const close = () => orm.close(true);
  return Object.assign(session({}), { session, orm, close, [Symbol.asyncDispose]: close });
}

class Session {
  readonly #em: EntityManager;
  readonly #settings: ParsedShopSettings;
  readonly #options: SessionOptions;
  /** Of what was written before; undefined after a write, until somebody asks. */
  #position: Promise<string | undefined> | undefined;

  constructor(orm: MikroORM, settings: ParsedShopSettings, options: SessionOptions) {
    this.#em = orm.em;
    this.#settings = settings;
    this.#options = options;
    this.#position = Promise.resolve(options.after === undefined ? undefined : logPosition(options.after));
  }

  bind(table: ReturnType<typeof shopOperations>): ShopSession {
    const own: Pick<ShopSession, 'position' | 'write' | 'read'> = {
      position: () => this.#currentPosition(),
      write: (operation, input) => this.#run({ mode: 'write', run: operation, operation }, input),
      read: (operation, input) => this.#read(this.#inName(operation), input),
    };
    return Object.assign(
      bindTable(table, (binding, input) => this.#run(binding, input)),
      own,
    );
  }

  async #run<Input, Result>({ mode, run }: Binding<Input, Result>, input: Input): Promise<Result> {
    const operation = this.#inName(run);
    if (mode === 'read') {
      // Where all is on the writer, a transaction would only cost time: these write nothing.
      return this.#settings.readerUrl === undefined
        ? await this.#retried(mode, operation, input)
        : await this.#read(operation, input);
    }
    try {
      return await this.#retried(mode, operation, input);
    } finally {
      // A write that failed may have committed something, too: what a provider was asked, a lost connection.
      this.#position = undefined;
    }
  }

  #inName<Input, Result>(operation: Operation<Input, Result>): Operation<Input, Result> {
    const { actor } = this.#options;
    return actor === undefined ? operation : actingAs(actor, operation);
  }

  async #read<Input, Result>(operation: Operation<Input, Result>, input: Input): Promise<Result> {
    const { readerUrl, maxReaderWaitMs: maxWaitMs } = this.#settings;
    const { signal } = this.#options;
    const after = readerUrl === undefined ? undefined : await this.#currentPosition();
    const onUpToDate: typeof operation = (em, input) =>
      onReader(em, operation, input, { after, maxWaitMs, signal });
    return await this.#retried('read', onUpToDate, input);
  }

  async #retried<Input, Result>(
    mode: RunMode,
    operation: Operation<Input, Result>,
    input: Input,
  ): Promise<Result> {
    const { attempts } = this.#settings;
    const { signal } = this.#options;
    // A write is repeated by its key: `withRetry` sees it in the input.
    const idempotent = mode === 'write' ? undefined : true;
    return await withRetry(this.#em, operation, input, { attempts, signal, idempotent });
  }

  async #currentPosition(): Promise<string | undefined> {
    const position = (this.#position ??= this.#retried('read', commitLsn, undefined));
    try {
      return await position;
    } catch (error) {
      if (this.#position === position) this.#position = undefined;
      throw error;
    }
  }
}
