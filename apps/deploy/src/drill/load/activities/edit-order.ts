import { authorizePayment, type OrderDetail, type OrderEditQuoteRequest } from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';
import { anyOrder } from './fulfil.ts';

type Changes = NonNullable<OrderEditQuoteRequest['changes']>;

/** What the buyer wants otherwise; most pay at once what that costs more, some never do. */
export async function editOrder(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const order = await anyOrder(client);
  if (order === undefined) return;
  const orderId = order.id;
  const edit = { orderId, changes: changesOf(client, order) };
  const quote = await client.read(market.edits.quoteOrderEdit, edit);
  if (quote === undefined) return;
  const edited = await client.keyed(market.edits.editOrder, {
    ...edit,
    expectedTotalMinor: quote.totalMinor,
    reason: 'the buyer called',
  });
  if (edited === undefined) return;
  tally.acknowledgeEdit(orderId, quote.addedMinor);
  for (const lineId of edited.lineIds) tally.acknowledge('order_line', lineId);
  if (edited.creditNoteId !== undefined) tally.acknowledge('credit_note', edited.creditNoteId);
  if (edited.dueMinor === 0n || random.chance(20)) return;
  const paid = await client.keyed(
    market.at(authorizePayment),
    { orderId, paymentMethod: 'card', amountMinor: edited.dueMinor },
    ({ paymentId }) => paymentId,
  );
  if (paid === undefined) return;
  tally.acknowledge('payment', paid.paymentId);
  market.paymentIds.add(paid.paymentId);
}

/** One more variant, another number of units of a line, or both. */
function changesOf({ market, random }: Client, order: OrderDetail): Changes {
  const line = random.chance(60) ? random.pick(order.lines) : undefined;
  const ware = line === undefined || random.chance(30) ? market.wares.pick(random) : undefined;
  return [
    ...(line === undefined ? [] : [{ lineId: line.lineId, quantity: random.below(line.quantity + 2) }]),
    ...(ware === undefined ? [] : [{ variantId: ware.variantId, quantity: random.upTo(3) }]),
  ];
}
