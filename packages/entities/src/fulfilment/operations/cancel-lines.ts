import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { endHolds, type HoldEnd } from './end-holds.ts';
import { lockHolds } from './lock-holds.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { countCancelled, lineQuantities, readLines, refuseExcess } from './line-quantities.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';

const cancellation = z.strictObject({
  idempotencyKey: z.string().min(1).max(200),
  orderId: z.uuid(),
  lines: lineQuantities,
});

/** Units of an order that will not be shipped. */
export type LineCancellation = z.input<typeof cancellation>;

/** What was cancelled. `cancelledMinor` is at the lines' prices, before discounts: how much to refund is the shop's rule. */
export interface CancelledLines {
  orderId: string;
  orderStatus: string;
  cancelledMinor: bigint;
}

/**
 * Cancels units of a confirmed order that were not shipped, and gives their stock free. The order's total stays, as it
 * was agreed: capture less, or refund. An order of which nothing is left becomes `cancelled`, or `shipped` where
 * something was shipped. One key cancels once.
 *
 * @throws QuantityExceeded, UserError `invalid-input`, `order-not-found`, `order-not-open`, `idempotency-conflict`
 */
export async function cancelLines(em: EntityManager, request: LineCancellation): Promise<CancelledLines> {
  const input = parseInput(cancellation, request);
  const { idempotencyKey: key, orderId, lines: requested } = input;
  const stored = await em.transactional((em) =>
    once(em, { scope: 'cancel-lines', key, request: input }, async () => {
      const order = await lockOrder(em, orderId);
      if (order.status !== 'confirmed' && order.status !== 'partially_shipped') {
        throw new UserError(
          'order-not-open',
          `Order ${orderId} is ${order.status}: its lines can't be cancelled.`,
          {
            hint: 'Cancel an unpaid order as a whole; return what was shipped.',
          },
        );
      }
      const lines = await readLines(em, { orderId });
      refuseExcess(
        'cancel',
        requested,
        new Map(lines.map((line) => [line.lineId, line.quantity - line.shipped - line.cancelled])),
      );
      const holds = await lockHolds(em, { orderIds: [orderId] });
      await endHolds(
        em,
        requested.flatMap(({ lineId, quantity }) =>
          takeFrom(
            // What is not there yet is given up first.
            holds.filter((hold) => hold.lineId === lineId).toSorted((a, b) => a.onHand - b.onHand),
            quantity,
          ),
        ),
        'released',
      );
      await countCancelled(em, { lines: requested });
      await emitEvent(em, 'order.lines_cancelled', orderId, { lines: requested });
      const prices = new Map(lines.map((line) => [line.lineId, line.unitPriceMinor]));
      const cancelledMinor = requested.reduce(
        (sum, line) => sum + BigInt(line.quantity) * (prices.get(line.lineId) ?? 0n),
        0n,
      );
      return {
        orderId,
        orderStatus: await advanceOrder(em, order),
        cancelledMinor: cancelledMinor.toString(),
      };
    }),
  );
  return { ...stored, cancelledMinor: BigInt(stored.cancelledMinor) };
}

function takeFrom(holds: readonly HoldEnd['hold'][], quantity: number): HoldEnd[] {
  const ends: HoldEnd[] = [];
  let missing = quantity;
  for (const hold of holds) {
    const units = Math.min(missing, hold.quantity);
    if (units > 0) ends.push({ hold, quantity: units });
    missing -= units;
  }
  return ends;
}
