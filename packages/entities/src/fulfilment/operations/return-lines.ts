import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { restock } from './restock.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { key } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { advanceOrder } from './advance-order.ts';
import { countReturned, lineQuantities, readLines, refuseExcess } from './line-quantities.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';

const goods = z.strictObject({
  idempotencyKey: key,
  orderId: z.uuid(),
  lines: lineQuantities,
  restock: z.boolean(),
});

/** What {@link returnLines} takes. `restock`: the units go back into the stock that they left; otherwise they are lost. */
export type ReturnedGoods = z.input<typeof goods>;

const returnShipments = statement({
  params: { orderId: uuid },
  row: {},
  sql: `update shipment set status = 'returned' where order_id = :orderId and status in ('shipped', 'delivered')`,
});

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
      if (input.restock) await restock(em, lines);
      await emitEvent(em, 'order.lines_returned', orderId, { lines, restock: input.restock });
      const orderStatus = await advanceOrder(em, order);
      if (orderStatus === 'returned') await returnShipments(em, { orderId });
      return { orderId, orderStatus };
    }),
  );
}
