import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { restock } from './restock.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { key } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { countReturned, lineQuantities, refuseExcess } from './line-quantities.ts';
import { readReturnable } from './lock-return.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { readCharged, valueOfUnits } from '../../order/operations/read-charged.ts';

const goods = z.strictObject({
  idempotencyKey: key,
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
 * What came back. `returnedMinor` is what the buyer was charged for it, in minor units: its price less its share of the
 * discounts, with its share of the taxes, `returnedTaxMinor`.
 */
export interface ReturnedLines {
  orderId: string;
  orderStatus: string;
  returnedMinor: bigint;
  returnedTaxMinor: bigint;
}

/**
 * Records goods that came back, at once; {@link requestReturn} begins a return that is approved first. An order of
 * which everything came back becomes `returned`, with its shipments. It returns no money: call {@link refundOrder}.
 * One key returns once.
 *
 * @throws UserError `invalid-input`, `order-not-found`, `idempotency-conflict`
 * @throws QuantityExceeded `quantity-exceeded`: more than was shipped, and neither returned nor asked for
 *   by a return that is open
 */
export async function returnLines(em: EntityManager, request: ReturnedGoods): Promise<ReturnedLines> {
  const input = parseInput(goods, request);
  const { orderId, lines } = input;
  const stored = await em.transactional((em) =>
    once(em, { scope: 'return-lines', key: input.idempotencyKey, request: input }, async () => {
      const order = await lockOrder(em, orderId);
      refuseExcess('return', lines, await readReturnable(em, orderId));
      const value = valueOfUnits(await readCharged(em, orderId), lines);
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
      return {
        orderId,
        orderStatus: await advanceOrder(em, order),
        returnedMinor: value.grossMinor.toString(),
        returnedTaxMinor: value.taxMinor.toString(),
      };
    }),
  );
  return {
    ...stored,
    returnedMinor: BigInt(stored.returnedMinor),
    returnedTaxMinor: BigInt(stored.returnedTaxMinor),
  };
}
