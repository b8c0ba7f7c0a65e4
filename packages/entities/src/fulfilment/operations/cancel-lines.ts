import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { key } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { cancelUnits } from './cancel-units.ts';
import { lineQuantities } from './line-quantities.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { readCharged, valueOfUnits } from '../../order/operations/read-charged.ts';

const cancellation = z.strictObject({
  idempotencyKey: key,
  orderId: z.uuid(),
  lines: lineQuantities,
  reason,
});

/** What {@link cancelLines} takes: units that will not be shipped. The audit log has the `reason`. */
export type LineCancellation = z.input<typeof cancellation>;

/**
 * What was cancelled. `cancelledMinor` is what the buyer was charged for it, in minor units: its price less its share of
 * the discounts, with its share of the taxes, `cancelledTaxMinor`.
 */
export interface CancelledLines {
  orderId: string;
  orderStatus: string;
  cancelledMinor: bigint;
  cancelledTaxMinor: bigint;
}

/**
 * Cancels units of a confirmed order that were not shipped, and releases their stock. The order keeps its total until
 * {@link refundOrder} credits them. An order with nothing left to ship becomes `cancelled`, or `shipped` where
 * something was shipped. One key cancels once.
 *
 * @throws UserError `invalid-input`, `order-not-found`, `idempotency-conflict`
 * @throws UserError `order-not-open`: it is not confirmed, or nothing is left to ship
 * @throws QuantityExceeded `quantity-exceeded`: more than is left to ship
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
      const charged = await readCharged(em, orderId);
      await cancelUnits(em, orderId, requested);
      const value = valueOfUnits(charged, requested);
      await emitEvent(em, 'order.lines_cancelled', orderId, { lines: requested });
      await recordAudit(em, {
        action: 'order.cancel_lines',
        entity: 'sales_order',
        entityId: orderId,
        detail: { lines: requested },
        reason: input.reason,
      });
      return {
        orderId,
        orderStatus: await advanceOrder(em, order),
        cancelledMinor: value.grossMinor.toString(),
        cancelledTaxMinor: value.taxMinor.toString(),
      };
    }),
  );
  return {
    ...stored,
    cancelledMinor: BigInt(stored.cancelledMinor),
    cancelledTaxMinor: BigInt(stored.cancelledTaxMinor),
  };
}
