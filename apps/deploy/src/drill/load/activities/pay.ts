import {
  authorizePayment,
  capturePayment,
  type PaymentState,
  reauthorizePayment,
  refundPayment,
  returnMoney,
  sweepPendingTransactions,
  voidPayment,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';

const samePayment = ({ paymentId }: PaymentState) => paymentId;

/** The buyer pays, by one payment or a part of it, now and then for what is taken at once. */
export async function authorize(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const orderId = market.orderIds.pick(random);
  if (orderId === undefined) return;
  const isAtOnce = random.chance(20);
  if (isAtOnce) tally.paidAtOnce.add(orderId);
  const paid = await client.keyed(
    market.at(authorizePayment),
    {
      orderId,
      paymentMethod: 'card',
      ...(random.chance(20) ? { amountMinor: random.amountUpTo(5000n) } : {}),
      ...(isAtOnce ? { capture: 'immediate' as const } : {}),
    },
    samePayment,
  );
  if (paid === undefined) return;
  tally.acknowledge('payment', paid.paymentId);
  market.paymentIds.add(paid.paymentId);
}

/** Most buyers pass 3-D Secure, some fail, and some leave: the sweep ends what they leave. */
export async function act({ market, random }: Client): Promise<void> {
  const key = random.pick([...market.provider.waiting]);
  if (key !== undefined && random.chance(80)) {
    market.provider.act(key, random.chance(20) ? 'authentication_failed' : undefined);
  }
}

export async function capture(client: Client): Promise<void> {
  const { market, random } = client;
  const paymentId = market.paymentIds.pick(random);
  if (paymentId === undefined) return;
  const amount = random.chance(20) ? { amountMinor: random.amountUpTo(2000n) } : {};
  await client.keyed(market.at(capturePayment), { paymentId, ...amount }, samePayment);
}

export async function refund(client: Client): Promise<void> {
  const { market, random } = client;
  const paymentId = market.paymentIds.pick(random);
  if (paymentId === undefined) return;
  const change = { paymentId, reason: 'goodwill', amountMinor: random.amountUpTo(500n) };
  await client.keyed(market.at(refundPayment), change, samePayment);
}

export async function release(client: Client): Promise<void> {
  const { market, random } = client;
  const paymentId = market.paymentIds.pick(random);
  if (paymentId !== undefined) await client.keyed(market.at(voidPayment), { paymentId }, samePayment);
}

export async function renew(client: Client): Promise<void> {
  const { market, random } = client;
  const paymentId = market.paymentIds.pick(random);
  if (paymentId !== undefined) await client.keyed(market.at(reauthorizePayment), { paymentId }, samePayment);
}

export async function giveBack(client: Client): Promise<void> {
  const { market, random } = client;
  const orderId = market.orderIds.pick(random);
  if (orderId !== undefined) await client.run(market.at(returnMoney), { orderId }, { idempotent: true });
}

/** More often than a shop does: what is older than the longest answer is asked for. */
export async function sweep(client: Client): Promise<void> {
  const ages = { minAgeMs: 5000, abandonAgeMs: 60_000, authorizationMaxAgeMs: 10_000 };
  // Now and then as if authorizations ended soon, which renews some.
  const renewing = client.random.chance(10) ? { expiringWithinMs: 8 * 86_400_000, limit: 10 } : {};
  await client.run(
    client.market.at(sweepPendingTransactions),
    { ...ages, ...renewing },
    { idempotent: true },
  );
}
