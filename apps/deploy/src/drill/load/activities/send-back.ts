import {
  approveReturn,
  cancelReturn,
  declineReturn,
  listReturns,
  proposeRefund,
  receiveReturn,
  refundOrder,
  type RefundProposalRequest,
  refundReturn,
  requestReturn,
  returnLines,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';
import { anyOrder, someUnits } from './fulfil.ts';

export async function askToReturn(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const shipment = market.shipments.pick(random);
  const order = await anyOrder(client, shipment?.orderId);
  const lines = order === undefined ? undefined : someUnits(client, order);
  if (order === undefined || lines === undefined) return;
  const asked = await client.keyed(requestReturn, { orderId: order.id, lines, reason: 'too small' });
  if (asked === undefined) return;
  tally.acknowledge('return_request', asked.returnId);
  market.returns.add({ orderId: order.id, returnId: asked.returnId });
}

export async function decide(client: Client): Promise<void> {
  const { market, random } = client;
  const asked = market.returns.pick(random);
  if (asked === undefined) return;
  const decision = random.weighted([
    [8, approveReturn],
    [1, declineReturn],
    [1, cancelReturn],
  ]);
  await client.run(decision, { returnId: asked.returnId }, { idempotent: true });
}

/** What comes back may be more or less than was asked for. */
export async function receive(client: Client): Promise<void> {
  const { market, random } = client;
  const asked = market.returns.pick(random);
  if (asked === undefined) return;
  const { orderId, returnId } = asked;
  const returns = await client.read(listReturns, { orderId });
  const lines = returns
    ?.find((each) => each.returnId === returnId)
    ?.lines.map(({ lineId, quantity }) => ({
      lineId,
      quantity: random.chance(20) ? random.upTo(3) : quantity,
      restock: random.chance(70),
    }));
  if (lines !== undefined && lines.length > 0) await client.keyed(receiveReturn, { returnId, lines });
}

export async function refundIt(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const asked = market.returns.pick(random);
  if (asked === undefined) return;
  const shipping = random.chance(20) ? ('all' as const) : ('none' as const);
  const refunded = await client.keyed(
    market.at(refundReturn),
    { returnId: asked.returnId, shipping },
    ({ creditNoteId }) => creditNoteId,
  );
  if (refunded?.creditNoteId !== undefined) tally.acknowledge('credit_note', refunded.creditNoteId);
}

/** Goods that come back without having been asked for. */
export async function takeBack(client: Client): Promise<void> {
  const order = await anyOrder(client, client.market.shipments.pick(client.random)?.orderId);
  const lines = order === undefined ? undefined : someUnits(client, order);
  if (order === undefined || lines === undefined) return;
  await client.keyed(returnLines, { orderId: order.id, lines, restock: client.random.chance(70) });
}

/** Credits units and a part of the shipping, as it was proposed, and returns the money. */
export async function credit(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const order = await anyOrder(client);
  if (order === undefined) return;
  const lines = random.chance(80) ? (someUnits(client, order) ?? []) : [];
  const shipping = random.weighted<NonNullable<RefundProposalRequest['shipping']>>([
    [6, 'none'],
    [2, 'all'],
    [1, { sharePpm: random.upTo(1_000_000) }],
  ]);
  const parts = { orderId: order.id, lines, shipping };
  if ((await client.read(proposeRefund, parts)) === undefined) return;
  const refunded = await client.keyed(
    market.at(refundOrder),
    { ...parts, reason: 'as agreed' },
    ({ creditNoteId, number, grossMinor }) => ({ creditNoteId, number, grossMinor }),
  );
  if (refunded !== undefined) tally.acknowledge('credit_note', refunded.creditNoteId);
}
