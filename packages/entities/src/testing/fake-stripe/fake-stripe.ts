import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookDelivery } from '../../payment/operations/payment-provider.ts';
import { StripeBooks, type StripeObject, StripeRefusal } from './stripe-books.ts';
import { parseStripeForm, partOf, type StripeForm, textOf } from './stripe-form.ts';

/** What happens to a request: it never comes, or is done and its answer is lost, or the server fails. */
export type StripeFault = 'lose-request' | 'lose-answer' | 'fail';

/** The options of {@link startFakeStripe}. */
export interface FakeStripeOptions {
  /** Default: any that is free. */
  port?: number;
  /** Default: a new one. */
  webhookSecret?: string;
  /** Where webhooks are sent, again until they are answered with 2xx; default nowhere. */
  webhookUrl?: string;
  /** How often each is sent, as Stripe now and then does; default once. */
  webhookCopies?: number;
}

interface Answer {
  status: number;
  body: unknown;
}

const maxDeliveries = 60;

/**
 * Stripe's API as far as payments need it, on loopback, with its books in memory: payment intents with 3-D Secure, manual
 * and automatic capture, several captures, refunds, disputes, search, balance transactions, idempotency keys, signed webhooks. Cards are
 * those of Stripe's tests: `pm_card_visa`, `pm_card_chargeDeclined`, `pm_card_authenticationRequired`.
 *
 * @example
 * ```ts
 * import { startFakeStripe } from '@ecommerce-dms/entities/testing';
 * import { Stripe } from 'stripe';
 *
 * const fake = await startFakeStripe();
 * const stripe = new Stripe('sk_test_fake', fake.clientConfig);
 * fake.next('lose-answer'); // of the next request that moves money
 * await fake.close();
 * ```
 */
export async function startFakeStripe(options: FakeStripeOptions = {}): Promise<FakeStripe> {
  const fake = new FakeStripe(options);
  await fake.listen(options.port ?? 0);
  return fake;
}

/** See {@link startFakeStripe}. */
export class FakeStripe {
  /** What the account has; its methods are what happens without us, such as `authenticate`, `dispute`. */
  readonly books: StripeBooks;
  readonly webhookSecret: string;
  /** How many requests that do more than set metadata came, repetitions included. */
  requests = 0;
  /** Called when a request that moves money is done, before it is answered. */
  beforeAnswer: (() => unknown) | undefined;
  readonly #options: FakeStripeOptions;
  readonly #server: Server;
  readonly #events: string[] = [];
  readonly #faults: StripeFault[] = [];
  #lost: { request: string; fault: StripeFault } | undefined;
  readonly #answers = new Map<string, { fingerprint: string; answer: Answer }>();
  readonly #sending = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: FakeStripeOptions = {}) {
    this.#options = options;
    this.webhookSecret = options.webhookSecret ?? `whsec_${randomBytes(16).toString('hex')}`;
    this.books = new StripeBooks((type, object, before) => this.#report(type, object, before));
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.writeHead(500).end(JSON.stringify({ error: { type: 'api_error', message: String(error) } }));
      });
    });
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(this.#sending);
  }

  /** For the SDK's client: it talks to this server, and repeats nothing by itself. */
  get clientConfig(): { host: string; port: number; protocol: 'http'; maxNetworkRetries: number } {
    const { port } = this.#server.address() as AddressInfo;
    return { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 };
  }

  /** What happens to the next requests that do more than set metadata, one each. */
  next(...faults: StripeFault[]): void {
    this.#faults.push(...faults);
  }

  /** A day later: the same key again is another request. */
  forgetKeys(): void {
    this.#answers.clear();
  }

  /** The webhooks of all events so far, signed now. */
  deliveries(): WebhookDelivery[] {
    return this.#events.map((body) => this.sign(body));
  }

  /** A webhook, signed at a time in seconds. */
  sign(body: string, at = Math.floor(Date.now() / 1000)): WebhookDelivery {
    const signature = createHmac('sha256', this.webhookSecret).update(`${at}.${body}`).digest('hex');
    return { body, headers: { 'stripe-signature': `t=${at},v1=${signature},v0=${'0'.repeat(64)}` } };
  }

  #report(type: string, object: StripeObject, before?: object): void {
    const event = {
      id: `evt_${randomBytes(12).toString('hex')}`,
      object: 'event',
      type,
      created: Math.floor(Date.now() / 1000),
      data: { object, ...(before && { previous_attributes: before }) },
    };
    const body = JSON.stringify(event);
    this.#events.push(body);
    const { webhookUrl, webhookCopies = 1 } = this.#options;
    if (webhookUrl === undefined) return;
    for (let copy = 0; copy < webhookCopies; copy++) {
      const sending = this.#send(webhookUrl, body).finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
  }

  async #send(url: string, body: string): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 1; attempt <= maxDeliveries && !signal.aborted; attempt++) {
      const { headers } = this.sign(body);
      const sent = {
        method: 'POST',
        body,
        headers: { ...headers, 'content-type': 'application/json' },
        signal,
      };
      const isReceived = await fetch(url, sent as RequestInit).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReceived) return;
      await delay(Math.min(100 * attempt, 1000), undefined, { signal }).catch(() => undefined);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isChange = request.method === 'POST';
    const text = isChange ? Buffer.concat(chunks).toString() : search.slice(1);
    const form = parseStripeForm(text);
    // Not what only sets metadata.
    const isFaulty = isChange && /^\/v1\/(?!payment_intents\/pi_\w+$)/.test(pathname);
    const fault = isFaulty ? this.#faultOf(`${pathname} ${text}`) : undefined;
    if (fault === 'lose-request') return void request.socket.destroy();
    if (fault === 'fail') {
      return this.#answer(response, {
        status: 500,
        body: { error: { type: 'api_error', message: 'try again' } },
      });
    }
    const key = request.headers['idempotency-key'];
    const { answer, isReplayed } =
      typeof key === 'string' && isChange
        ? this.#once(key, `${pathname} ${text}`, () => this.#do(request.method, pathname, form))
        : { answer: this.#do(request.method, pathname, form), isReplayed: false };
    if (isFaulty) await this.beforeAnswer?.();
    if (fault === 'lose-answer') return void request.socket.destroy();
    this.#answer(response, answer, isReplayed);
  }

  /** The SDK sends a request again whose connection was reset, once and whatever its settings: that is lost, too. */
  #faultOf(request: string): StripeFault | undefined {
    this.requests += 1;
    if (this.#lost?.request === request) {
      const { fault } = this.#lost;
      this.#lost = undefined;
      return fault;
    }
    const fault = this.#faults.shift();
    this.#lost = fault === undefined || fault === 'fail' ? undefined : { request, fault };
    return fault;
  }

  #answer(response: ServerResponse, { status, body }: Answer, isReplayed = false): void {
    const replayed = isReplayed ? { 'idempotent-replayed': 'true' } : {};
    response
      .writeHead(status, { 'content-type': 'application/json', ...replayed })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  /** The first answer of a key, kept as it was. */
  #once(key: string, text: string, act: () => Answer): { answer: Answer; isReplayed: boolean } {
    const fingerprint = createHash('sha256').update(text).digest('hex');
    const known = this.#answers.get(key);
    if (known === undefined) {
      const { status, body } = act();
      const answer = { status, body: JSON.stringify(body) };
      this.#answers.set(key, { fingerprint, answer });
      return { answer, isReplayed: false };
    }
    if (known.fingerprint === fingerprint) return { answer: known.answer, isReplayed: true };
    const error = { type: 'idempotency_error', message: 'The key was used with other parameters.' };
    return { answer: { status: 400, body: { error } }, isReplayed: false };
  }

  #do(method: string | undefined, path: string, form: StripeForm): Answer {
    try {
      const body = this.#route(`${method} ${path}`, path.split('/')[3] ?? '', form);
      return { status: 200, body: expanded(this.books, body as StripeObject, form) };
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
      return { status: error.status, body: { error: error.error } };
    }
  }

  #route(route: string, id: string, form: StripeForm): unknown {
    const { books } = this;
    // A verb ends it; an id is none.
    switch (route.replace(/\/(pi|re|ch|dp)_\w+/, '/:id')) {
      case 'POST /v1/payment_intents':
        return books.createIntent(form);
      case 'GET /v1/payment_intents/search':
        return listOf(
          books.all('payment_intent').filter((each) => matches(each, textOf(form, 'query') ?? '')),
        );
      case 'GET /v1/payment_intents/:id':
        return books.intent(id);
      case 'POST /v1/payment_intents/:id':
        return books.update(id, form);
      case 'POST /v1/payment_intents/:id/capture':
        return books.capture(id, form);
      case 'POST /v1/payment_intents/:id/cancel':
        return books.cancel(id);
      case 'POST /v1/refunds':
        return books.createRefund(form);
      case 'GET /v1/refunds':
        return listOf(
          books.all('refund').filter((each) => each['payment_intent'] === textOf(form, 'payment_intent')),
        );
      case 'GET /v1/refunds/:id':
        return books.refund(id);
      case 'GET /v1/charges/:id':
        return books.charge(id);
      case 'GET /v1/balance_transactions': {
        const { gte, lt } = partOf(form, 'created');
        return listOf(
          books
            .all('balance_transaction')
            .filter(({ created }) => Number(created) >= Number(gte) && Number(created) < Number(lt)),
        );
      }
      // What happens without the API: a buyer's browser, the dashboard.
      case 'POST /test/authenticate/:id':
        return books.authenticate(id, textOf(form, 'fails') === undefined);
      case 'POST /test/refund/:id':
        return books.createRefund({ ...form, payment_intent: id });
      default:
        throw new StripeRefusal(404, {
          type: 'invalid_request_error',
          message: `Unrecognized request: ${route}`,
        });
    }
  }
}

const listOf = (data: unknown[]) => ({ object: 'list', data, has_more: false });

/** Of the search language: `metadata["name"]:"value"`, joined by OR. */
function matches(object: StripeObject, searched: string): boolean {
  const metadata = object['metadata'] as Record<string, string>;
  return searched.split(/ OR /).some((clause) => {
    const [, name = '', value] = /^metadata\["([^"]+)"\]:"([^"]*)"$/.exec(clause) ?? [];
    return value !== undefined && metadata[name] === value;
  });
}

/** With the objects that `expand[]` asks for in the place of their ids. */
function expanded(books: StripeBooks, body: StripeObject, form: StripeForm): unknown {
  const paths = Object.values(partOf(form, 'expand'));
  const expand = (object: StripeObject, field: string) => ({
    ...object,
    [field]: books.objects.get(String(object[field])) ?? object[field],
  });
  return paths.reduce<StripeObject>((result, path) => {
    if (!path.startsWith('data.')) return expand(result, path);
    const data = (result['data'] as StripeObject[]).map((each) => expand(each, path.slice('data.'.length)));
    return { ...result, data };
  }, body);
}
