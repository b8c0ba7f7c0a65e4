import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type {
  PaymentProvider,
  ProviderEvent,
  ProviderFeature,
  ProviderRequest,
  WebhookDelivery,
} from '../payment/operations/payment-provider.ts';

/** What the next request is to meet. */
export type ContractCondition = 'decline' | 'require-action' | 'lose-request' | 'lose-answer';

/** A provider that {@link paymentProviderContract} looks at, with what happens around it. Its books are empty at first. */
export interface ProviderUnderContract {
  provider: PaymentProvider;
  /** Prepares the next request, and returns the payment method for it, where it is an authorization. */
  prepare(condition?: ContractCondition): string;
  /** The buyer does what the authorization with this key requires, or fails. */
  act(idempotencyKey: string, hasPassed: boolean): Promise<void>;
  /** The authorization ends, as after some days. */
  expire(paymentReference: string): Promise<void>;
  /** Done at the provider without us. */
  happens(
    kind: 'refund' | 'dispute' | 'dispute_reversal',
    paymentReference: string,
    amountMinor: bigint,
  ): Promise<void>;
  /** All webhooks so far, in order. */
  deliveries(): WebhookDelivery[];
  /** In the provider's own books; what was taken back by disputes is not in them. */
  totals(): { authorizedMinor: bigint; capturedMinor: bigint; refundedMinor: bigint };
}

const base = () => ({ idempotencyKey: randomUUID(), amountMinor: 3000n, currencyCode: 'EUR' });

type Authorization = Extract<ProviderRequest, { kind: 'authorize' }>;
type Change = Exclude<ProviderRequest, { kind: 'authorize' }>;

const authorization = (paymentMethod: string): Authorization => ({
  ...base(),
  kind: 'authorize',
  paymentMethod,
});

const change = (kind: Change['kind'], paymentReference: string, amountMinor = 3000n): Change => ({
  ...base(),
  kind,
  paymentReference,
  amountMinor,
});

async function done(provider: PaymentProvider, request: ProviderRequest): Promise<string> {
  const answer = await provider.submit(request);
  assert.equal(answer.status, 'succeeded', `${request.kind}: ${inspect(answer)}`);
  return answer.status === 'succeeded' ? answer.reference : '';
}

async function authorized({ provider, prepare }: ProviderUnderContract): Promise<string> {
  return await done(provider, authorization(prepare()));
}

async function capturedPayment(under: ProviderUnderContract): Promise<string> {
  const reference = await authorized(under);
  await done(under.provider, change('capture', reference));
  return reference;
}

const statusOf = async (answer: Promise<{ status: string } | undefined>) => (await answer)?.status;

async function eventsOf({ provider, deliveries }: ProviderUnderContract): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for (const delivery of deliveries()) events.push(...(await provider.parseWebhook(delivery)));
  return events;
}

/** A request of each kind, on a payment that it can be made of. */
const requests: Record<
  ProviderRequest['kind'],
  (under: ProviderUnderContract) => Promise<() => ProviderRequest>
> = {
  authorize:
    async ({ prepare }) =>
    () =>
      authorization(prepare()),
  capture: async (under) => {
    const reference = await authorized(under);
    return () => change('capture', reference);
  },
  refund: async (under) => {
    const reference = await capturedPayment(under);
    return () => change('refund', reference, 1000n);
  },
  void: async (under) => {
    const reference = await authorized(under);
    return () => change('void', reference);
  },
  reauthorize: async (under) => {
    const reference = await authorized(under);
    return () => change('reauthorize', reference);
  },
};

/** A rule of the contract. */
export interface ContractRule {
  name: string;
  /** Only for a provider that lists it. */
  feature?: ProviderFeature;
  /** @throws AssertionError */
  holds(under: ProviderUnderContract): Promise<void>;
}

const ofKind = (kind: string): Pick<ContractRule, 'feature'> =>
  kind === 'reauthorize' ? { feature: 'reauthorize' } : {};

const kindRules = Object.entries(requests).flatMap(([kind, prepareRequest]): ContractRule[] => [
  {
    ...ofKind(kind),
    name: `${kind}: the same key again is the same request, also at once`,
    async holds(under) {
      const request = (await prepareRequest(under))();
      const answers = await Promise.all([1, 2, 3].map(() => under.provider.submit(request)));
      const once = under.totals();
      answers.push(await under.provider.submit(request));
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
      assert.deepEqual(under.totals(), once);
      assert.deepEqual(await under.provider.find(request.idempotencyKey), answers[0]);
    },
  },
  {
    ...ofKind(kind),
    name: `${kind}: a request that was lost was not done, and can be repeated`,
    async holds(under) {
      const request = (await prepareRequest(under))();
      const before = under.totals();
      under.prepare('lose-request');
      await assert.rejects(under.provider.submit(request));
      assert.deepEqual(under.totals(), before);
      assert.equal(await under.provider.find(request.idempotencyKey), undefined);
      await done(under.provider, request);
    },
  },
  {
    ...ofKind(kind),
    name: `${kind}: the outcome of a lost answer is found by its key, and repeated`,
    async holds(under) {
      const request = (await prepareRequest(under))();
      under.prepare('lose-answer');
      await assert.rejects(under.provider.submit(request));
      const found = await under.provider.find(request.idempotencyKey);
      assert.equal(found?.status, 'succeeded');
      const once = under.totals();
      assert.deepEqual(await under.provider.submit(request), found);
      assert.deepEqual(under.totals(), once);
    },
  },
]);

/**
 * What every adapter of a payment provider keeps to, as rules for any test runner.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { paymentProviderContract, type ProviderUnderContract } from '@ecommerce-dms/entities/testing';
 *
 * export function testProvider(features: readonly string[], open: () => Promise<ProviderUnderContract>) {
 *   for (const { name, feature, holds } of paymentProviderContract) {
 *     if (feature === undefined || features.includes(feature)) test(name, async () => holds(await open()));
 *   }
 * }
 * ```
 */
export const paymentProviderContract: readonly ContractRule[] = [
  ...kindRules,
  {
    name: 'a key that was used for another request is refused by a throw, and nothing is done',
    async holds(under) {
      const request = authorization(under.prepare());
      await done(under.provider, request);
      const once = under.totals();
      await assert.rejects(under.provider.submit({ ...request, amountMinor: 1n }));
      assert.deepEqual(under.totals(), once);
    },
  },
  {
    name: 'a refusal is an answer, again and by its key',
    async holds(under) {
      const request = authorization(under.prepare('decline'));
      assert.equal(await statusOf(under.provider.submit(request)), 'failed');
      assert.equal(await statusOf(under.provider.submit(request)), 'failed');
      assert.equal(await statusOf(under.provider.find(request.idempotencyKey)), 'failed');
      assert.equal(under.totals().authorizedMinor, 0n);
    },
  },
  {
    name: 'what needs the buyer has an action, again and by its key, and succeeds once they have acted',
    async holds(under) {
      const request = authorization(under.prepare('require-action'));
      const first = await under.provider.submit(request);
      assert.equal(first.status, 'requires_action');
      assert.deepEqual(await under.provider.submit(request), first);
      assert.deepEqual(await under.provider.find(request.idempotencyKey), first);
      await under.act(request.idempotencyKey, true);
      assert.equal(await statusOf(under.provider.find(request.idempotencyKey)), 'succeeded');
      assert.equal(await statusOf(under.provider.submit(request)), 'succeeded');
      const outcome = (await eventsOf(under)).find(
        (event) => event.type === 'outcome' && event.idempotencyKey === request.idempotencyKey,
      );
      assert.equal(outcome?.type === 'outcome' && outcome.outcome.status, 'succeeded');
    },
  },
  {
    name: 'a buyer who fails is a refusal',
    async holds(under) {
      const request = authorization(under.prepare('require-action'));
      await under.provider.submit(request);
      await under.act(request.idempotencyKey, false);
      assert.equal(await statusOf(under.provider.find(request.idempotencyKey)), 'failed');
      const outcomes = (await eventsOf(under)).map(
        (event) => event.type === 'outcome' && event.outcome.status,
      );
      assert.deepEqual(outcomes.filter(Boolean), ['failed']);
    },
  },
  {
    name: 'an authorization that is cancelled can never succeed',
    async holds(under) {
      const request = authorization(under.prepare('require-action'));
      await under.provider.submit(request);
      assert.equal(await statusOf(under.provider.cancel(request.idempotencyKey)), 'failed');
      assert.equal(await statusOf(under.provider.cancel(request.idempotencyKey)), 'failed');
      await assert.rejects(async () => under.act(request.idempotencyKey, true));
      assert.equal(await statusOf(under.provider.find(request.idempotencyKey)), 'failed');
    },
  },
  {
    name: 'what has succeeded is not cancelled, and of an unknown key nothing is known',
    async holds(under) {
      const request = authorization(under.prepare());
      await done(under.provider, request);
      assert.equal(await statusOf(under.provider.cancel(request.idempotencyKey)), 'succeeded');
      assert.equal(await under.provider.cancel(randomUUID()), undefined);
      assert.equal(await under.provider.find(randomUUID()), undefined);
    },
  },
  {
    name: 'no more is captured than was authorized, and no more refunded than was captured',
    async holds(under) {
      const reference = await authorized(under);
      assert.equal(await statusOf(under.provider.submit(change('capture', reference, 3001n))), 'failed');
      await done(under.provider, change('capture', reference, 2000n));
      assert.equal(await statusOf(under.provider.submit(change('refund', reference, 2001n))), 'failed');
      await done(under.provider, change('refund', reference, 500n));
      assert.equal(await statusOf(under.provider.submit(change('refund', reference, 1501n))), 'failed');
      await done(under.provider, change('refund', reference, 1500n));
      assert.deepEqual(under.totals(), {
        authorizedMinor: 3000n,
        capturedMinor: 2000n,
        refundedMinor: 2000n,
      });
    },
  },
  {
    name: 'an immediate capture takes all at once, or it is an authorization, as its answer says',
    async holds(under) {
      const request: Authorization = { ...authorization(under.prepare()), capture: 'immediate' };
      const answer = await under.provider.submit(request);
      assert.equal(answer.status, 'succeeded', inspect(answer));
      const { capturedMinor = 0n, captureReference, reference } = answer;
      assert.ok(capturedMinor === 0n || capturedMinor === 3000n, `${capturedMinor}`);
      assert.deepEqual(under.totals(), { authorizedMinor: 3000n, capturedMinor, refundedMinor: 0n });
      assert.deepEqual(await under.provider.submit(request), answer);
      assert.deepEqual(await under.provider.find(request.idempotencyKey), answer);
      for (const event of await eventsOf(under)) {
        // Told by another name, it would be booked twice.
        if (event.type === 'outcome') assert.deepEqual(event.outcome, answer);
        else assert.equal(event.transaction.reference, captureReference ?? reference);
      }
      if (capturedMinor > 0n) await done(under.provider, change('refund', reference, 1000n));
    },
  },
  {
    name: 'a second capture, where the first one was not all and not final',
    feature: 'multicapture',
    async holds(under) {
      const reference = await authorized(under);
      const first = change('capture', reference, 1000n);
      const second = change('capture', reference, 1500n);
      const references = [await done(under.provider, first), await done(under.provider, second)];
      assert.notEqual(references[0], references[1]);
      assert.equal(await done(under.provider, first), references[0]);
      assert.equal(await done(under.provider, second), references[1]);
      assert.equal(await statusOf(under.provider.submit(change('capture', reference, 501n))), 'failed');
      assert.deepEqual(under.totals(), {
        authorizedMinor: 3000n,
        capturedMinor: 2500n,
        refundedMinor: 0n,
      });
      const reported = (await eventsOf(under)).flatMap((event) =>
        event.type === 'transaction' ? [event.transaction] : [],
      );
      for (const { reference, amountMinor } of reported) {
        assert.equal(amountMinor, reference === references[0] ? 1000n : 1500n);
        assert.ok(references.includes(reference));
      }
    },
  },
  {
    name: 'a final capture is the last one',
    feature: 'multicapture',
    async holds(under) {
      const reference = await authorized(under);
      await done(under.provider, { ...change('capture', reference, 1000n), kind: 'capture', isFinal: true });
      assert.equal(await statusOf(under.provider.submit(change('capture', reference, 500n))), 'failed');
      assert.equal(under.totals().capturedMinor, 1000n);
    },
  },
  {
    name: 'an authorization that is renewed, also after its end, is captured by its new reference, and once',
    feature: 'reauthorize',
    async holds(under) {
      const reference = await authorized(under);
      await under.expire(reference);
      const renewed = await done(under.provider, change('reauthorize', reference));
      assert.notEqual(renewed, reference);
      await done(under.provider, change('capture', renewed));
      assert.equal(await statusOf(under.provider.submit(change('capture', reference))), 'failed');
      assert.deepEqual(under.totals(), {
        authorizedMinor: 3000n,
        capturedMinor: 3000n,
        refundedMinor: 0n,
      });
    },
  },
  {
    name: 'a void releases, unless something was captured',
    async holds(under) {
      const [voided, captured] = [await authorized(under), await capturedPayment(under)];
      await done(under.provider, change('void', voided));
      assert.equal(await statusOf(under.provider.submit(change('capture', voided))), 'failed');
      assert.equal(await statusOf(under.provider.submit(change('void', captured))), 'failed');
    },
  },
  {
    name: 'an authorization that has expired cannot be captured, and its void succeeds',
    async holds(under) {
      const reference = await authorized(under);
      await under.expire(reference);
      assert.equal(await statusOf(under.provider.submit(change('capture', reference))), 'failed');
      await done(under.provider, change('void', reference));
    },
  },
  {
    name: 'webhooks report what was done without us, with amount, currency and payment',
    async holds(under) {
      const paymentReference = await capturedPayment(under);
      await under.happens('refund', paymentReference, 700n);
      await under.happens('dispute', paymentReference, 900n);
      await under.happens('dispute_reversal', paymentReference, 900n);
      const reported = (await eventsOf(under)).flatMap((event) =>
        event.type === 'transaction' && event.transaction.kind !== 'capture' ? [event.transaction] : [],
      );
      assert.deepEqual(
        reported.map(({ kind, amountMinor, ...rest }) => ({
          kind,
          amountMinor,
          currencyCode: rest.currencyCode,
          paymentReference: rest.paymentReference,
        })),
        [
          { kind: 'refund', amountMinor: 700n, currencyCode: 'EUR', paymentReference },
          { kind: 'dispute', amountMinor: 900n, currencyCode: 'EUR', paymentReference },
          { kind: 'dispute_reversal', amountMinor: 900n, currencyCode: 'EUR', paymentReference },
        ],
      );
    },
  },
  {
    name: 'webhooks of our own requests carry their keys, or the references of their answers',
    async holds(under) {
      const request = authorization(under.prepare());
      const paymentReference = await done(under.provider, request);
      const capture = change('capture', paymentReference);
      const captureReference = await done(under.provider, capture);
      const refund = change('refund', paymentReference);
      const refundReference = await done(under.provider, refund);
      const known = new Set([request, capture, refund].map(({ idempotencyKey }) => idempotencyKey));
      const references = new Set([paymentReference, captureReference, refundReference]);
      for (const event of await eventsOf(under)) {
        if (event.type === 'outcome') assert.ok(known.has(event.idempotencyKey));
        else assert.ok(references.has(event.transaction.reference), event.transaction.kind);
      }
    },
  },
  {
    name: 'a webhook with another body, another signature or none is refused',
    async holds(under) {
      await capturedPayment(under);
      for (const delivery of under.deliveries()) {
        const forged = [
          { ...delivery, body: delivery.body.replace('{', '{ ') },
          { ...delivery, headers: {} },
          {
            ...delivery,
            headers: Object.fromEntries(
              Object.entries(delivery.headers).map(([name, value]) => [
                name,
                value?.replace(/[a-f\d]{32,}/g, '0'.repeat(64)),
              ]),
            ),
          },
        ];
        for (const each of forged) {
          await assert.rejects(under.provider.parseWebhook(each), { code: 'webhook-signature-mismatch' });
        }
      }
    },
  },
];
