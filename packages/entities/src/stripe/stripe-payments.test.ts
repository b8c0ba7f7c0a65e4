import { randomUUID } from 'node:crypto';
import { Stripe } from 'stripe';
import { afterEach, describe, expect, test } from 'vitest';
import type { FakeStripe } from '../testing/index.ts';
import { paymentProviderContract, type ProviderUnderContract, startFakeStripe } from '../testing/index.ts';
import { StripePayments, type StripePaymentsOptions } from './index.ts';

let fakes: FakeStripe[] = [];

afterEach(async () => {
  await Promise.all(fakes.map((fake) => fake.close()));
  fakes = [];
});

async function open(options: Partial<StripePaymentsOptions> = {}) {
  const fake = await startFakeStripe();
  fakes.push(fake);
  const stripe = new Stripe('sk_test_fake', fake.clientConfig);
  const provider = new StripePayments(stripe, { webhookSecrets: [fake.webhookSecret], ...options });
  return { fake, stripe, provider };
}

const cards = {
  decline: 'pm_card_chargeDeclined',
  'require-action': 'pm_card_authenticationRequired',
  'lose-request': 'pm_card_visa',
  'lose-answer': 'pm_card_visa',
};

async function underContract(options: Partial<StripePaymentsOptions>): Promise<ProviderUnderContract> {
  const { fake, provider } = await open(options);
  const { books } = fake;
  const disputes = new Map<string, string>();
  return {
    provider,
    prepare: (condition) => {
      if (condition === 'lose-answer' || condition === 'lose-request') fake.next(condition);
      return condition === undefined ? 'pm_card_visa' : cards[condition];
    },
    act: async (idempotencyKey, hasPassed) => {
      const intent = books
        .all('payment_intent')
        .find((each) => Object(each['metadata']).dms_key === idempotencyKey);
      books.authenticate(intent?.id ?? '', hasPassed);
    },
    expire: async (paymentReference) => void books.cancel(paymentReference, 'automatic'),
    happens: async (kind, payment_intent, amountMinor) => {
      if (kind === 'refund') books.createRefund({ payment_intent, amount: `${amountMinor}` });
      else if (kind === 'dispute')
        disputes.set(payment_intent, books.dispute(payment_intent, Number(amountMinor)).id);
      else books.closeDispute(disputes.get(payment_intent) ?? '', true);
    },
    deliveries: () => fake.deliveries(),
    totals: () => {
      const sumOf = (object: string, field: string) =>
        books.all(object).reduce((sum, each) => sum + BigInt(Number(each[field])), 0n);
      return {
        authorizedMinor: sumOf('charge', 'amount'),
        capturedMinor: sumOf('charge', 'amount_captured'),
        refundedMinor: sumOf('charge', 'amount_refunded'),
      };
    },
  };
}

describe.each([
  { account: 'of one capture a payment', multicapture: false },
  { account: 'of several captures a payment', multicapture: true },
])('the contract of payment providers, with an account $account', ({ multicapture }) => {
  const rules = paymentProviderContract.filter(
    ({ feature }) => feature === undefined || (feature === 'multicapture' && multicapture),
  );
  test.each(rules)('$name', async ({ holds }) => {
    await expect(holds(await underContract({ multicapture }))).resolves.toBeUndefined();
  });
});

const base = () => ({ idempotencyKey: randomUUID(), amountMinor: 3000n, currencyCode: 'EUR' });
const visa = () => ({ ...base(), kind: 'authorize' as const, paymentMethod: 'pm_card_visa' });

test('a redirect, where the buyer can come back', async () => {
  const { provider } = await open({ returnUrl: 'https://shop.example/back' });
  const paymentMethod = 'pm_card_authenticationRequired';
  expect(await provider.submit({ ...base(), kind: 'authorize', paymentMethod })).toMatchObject({
    status: 'requires_action',
    action: { kind: 'redirect', url: expect.stringMatching(/^https:/) },
  });
});

test('an authorization says when it ends', async () => {
  const { provider } = await open();
  const answer = await provider.submit(visa());
  const inSevenDays = Date.now() + 7 * 86_400_000;
  if (answer.status !== 'succeeded') throw new Error(answer.status);
  expect(Math.abs(Number(answer.expiresAt) - inSevenDays)).toBeLessThan(60_000);
});

test('a renewal is refused, and voids nothing', async () => {
  const { provider, fake } = await open();
  const answer = await provider.submit(visa());
  if (answer.status !== 'succeeded') throw new Error(answer.status);
  const renewal = { ...base(), kind: 'reauthorize' as const, paymentReference: answer.reference };
  expect(await provider.submit(renewal)).toMatchObject({ status: 'failed' });
  expect(fake.books.all('payment_intent')).toMatchObject([{ status: 'requires_capture' }]);
});

test('the lost answer of one of several captures is found as long as it is the last one', async () => {
  const { provider, fake } = await open({ multicapture: true });
  const authorized = await provider.submit(visa());
  if (authorized.status !== 'succeeded') throw new Error(authorized.status);
  const part = () => ({
    ...base(),
    kind: 'capture' as const,
    paymentReference: authorized.reference,
    amountMinor: 1000n,
  });
  const [lost, next] = [part(), part()];
  fake.next('lose-answer');
  await expect(provider.submit(lost)).rejects.toThrow('connection to Stripe');
  expect(await provider.find(lost.idempotencyKey)).toMatchObject({ status: 'succeeded' });
  const done = await provider.submit(next);
  expect(await provider.find(next.idempotencyKey)).toEqual(done);
  expect(await provider.find(lost.idempotencyKey)).toEqual({ status: 'pending' });
  expect(await provider.submit(lost)).toMatchObject({ status: 'succeeded' });
  expect(await provider.find(part().idempotencyKey)).toBeUndefined();
});

test('of an immediate capture, the authorization and the capture are reported', async () => {
  const { provider, fake } = await open();
  const request = { ...visa(), capture: 'immediate' as const };
  const answer = await provider.submit(request);
  expect(answer).toMatchObject({ status: 'succeeded', amountMinor: 3000n, capturedMinor: 3000n });
  const events = [];
  for (const delivery of fake.deliveries()) events.push(...(await provider.parseWebhook(delivery)));
  expect(events).toMatchObject([
    { transaction: { kind: 'capture', amountMinor: 3000n, paymentKey: request.idempotencyKey } },
    { type: 'outcome', idempotencyKey: request.idempotencyKey, outcome: answer },
  ]);
});

test.each([
  { fault: 'lose-request' as const, message: 'connection to Stripe' },
  { fault: 'fail' as const, message: 'try again' },
])('no answer is not a refusal: $fault', async ({ fault, message }) => {
  const { provider, fake } = await open();
  fake.next(fault);
  await expect(provider.submit(visa())).rejects.toThrow(message);
});

test.each([
  { when: 'now', seconds: 0, isAccepted: true },
  { when: '4 minutes ago', seconds: -240, isAccepted: true },
  { when: '6 minutes ago', seconds: -360, isAccepted: false },
  { when: 'in 4 minutes', seconds: 240, isAccepted: true },
  { when: 'in 6 minutes', seconds: 360, isAccepted: false },
  { when: 'in a day', seconds: 86_400, isAccepted: false },
])('a webhook that was signed $when', async ({ seconds, isAccepted }) => {
  const { provider, fake } = await open();
  await provider.submit(visa());
  const [delivery] = fake.deliveries();
  const signed = fake.sign(delivery?.body ?? '', Math.floor(Date.now() / 1000) + seconds);
  const parsing = provider.parseWebhook(signed).then(
    () => 'accepted',
    ({ code }) => code,
  );
  expect(await parsing).toBe(isAccepted ? 'accepted' : 'webhook-signature-mismatch');
});

test('while a secret is rolled, webhooks with either are accepted', async () => {
  const { fake, stripe, provider } = await open();
  await provider.submit(visa());
  const rolled = new StripePayments(stripe, { webhookSecrets: ['whsec_new', fake.webhookSecret] });
  for (const delivery of fake.deliveries()) await rolled.parseWebhook(delivery);
  const other = new StripePayments(stripe, { webhookSecrets: ['whsec_new'] });
  for (const delivery of fake.deliveries()) {
    await expect(other.parseWebhook(delivery)).rejects.toMatchObject({ code: 'webhook-signature-mismatch' });
  }
  expect(() => new StripePayments(stripe, { webhookSecrets: [] })).toThrow('webhookSecrets');
});

test.each([
  { currencyCode: 'EUR', amountMinor: 1999n, amount: 1999 },
  { currencyCode: 'JPY', amountMinor: 1999n, amount: 1999 },
  { currencyCode: 'KWD', amountMinor: 1990n, amount: 1990 },
  { currencyCode: 'ISK', amountMinor: 1999n, amount: 199_900 },
  { currencyCode: 'UGX', amountMinor: 1999n, amount: 199_900 },
  { currencyCode: 'MGA', amountMinor: 1900n, amount: 19 },
  { currencyCode: 'MGA', amountMinor: 1999n, amount: undefined },
])('$amountMinor of $currencyCode are $amount at Stripe', async ({ currencyCode, amountMinor, amount }) => {
  const { provider, fake } = await open();
  const answer = await provider.submit({ ...visa(), currencyCode, amountMinor });
  expect(answer).toMatchObject(
    amount === undefined ? { status: 'failed' } : { status: 'succeeded', amountMinor },
  );
  expect(fake.books.all('payment_intent')[0]?.['amount']).toBe(amount);
});
