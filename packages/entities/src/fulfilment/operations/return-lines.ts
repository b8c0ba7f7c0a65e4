import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { restock } from './restock.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { countReturned, lineQuantities, readLines, refuseExcess } from './line-quantities.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';

const goods = z.strictObject({
  idempotencyKey: z.string().min(1).max(200),
  orderId: z.uuid(),
  lines: lineQuantities,
  restock: z.boolean(),
  reason,
});

/**
 * What {@link returnLines} takes. `restock`: the units go back into the stock that they left; otherwise they are lost. The
 * audit log has the `reason`.
 */
export type ReturnedGoods = z.input<typeof goods>;

/**
 * Records goods that came back. An order of which everything came back becomes `returned`, with its shipments. It
 * returns no money: call {@link refundPayment}. One key returns once.
 *
 * @throws UserError `invalid-input`, `order-not-found`, `idempotency-conflict`
 * @throws QuantityExceeded `quantity-exceeded`: more than was shipped and not returned yet
 */
export async function returnLines(
  em: EntityManager,
  request: ReturnedGoods,
): Promise<{ orderId: string; orderStatus: string }> {
  const input = parseInput(goods, request);
  const { orderId, lines } = input;
  return await em.transactional((em) =>
    once(em, { scope: 'return-lines', key: input.idempotencyKey, request: input }, async () => {
      const order = await lockOrder(em, orderId);
      const returnable = (await readLines(em, { orderId })).map((line): [string, number] => [
        line.lineId,
        line.shipped - line.returned,
      ]);
      refuseExcess('return', lines, new Map(returnable));
      await countReturned(em, { lines });
      if (input.restock) await restock(em, lines, input.reason);
      await emitEvent(em, 'order.lines_returned', orderId, { lines, restock: input.restock });
      await recordAudit(em, {
        action: 'order.return_lines',
        entity: 'sales_order',
        entityId: orderId,
        detail: { lines, restock: input.restock },
        reason: input.reason,
      });
      return { orderId, orderStatus: await advanceOrder(em, order) };
    }),
  );
}
