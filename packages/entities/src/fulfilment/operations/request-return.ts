import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { key } from '../../bounds.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { parseInput } from '../../parse-input.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { lineQuantities, refuseExcess } from './line-quantities.ts';
import { readReturnable, type ReturnState } from './lock-return.ts';

const returnRequest = z.strictObject({
  idempotencyKey: key,
  orderId: z.uuid(),
  lines: lineQuantities,
  reason,
});

/** What {@link requestReturn} takes: units that the buyer wants to send back, and why. */
export type ReturnRequestInput = z.input<typeof returnRequest>;

const insertRequest = statement({
  params: { returnId: uuid, orderId: uuid, reason: nullable(text) },
  row: {},
  sql: 'insert into return_request (id, order_id, reason) values (:returnId, :orderId, :reason)',
});

const insertLines = statement({
  params: { returnId: uuid, lines: jsonb() },
  row: {},
  sql: `insert into return_request_line (return_request_id, order_line_id, quantity)
    select :returnId, r."lineId", r.quantity from jsonb_to_recordset(:lines) as r ("lineId" uuid, quantity integer)`,
});

/**
 * Asks for the return of units that were shipped. Until it has an end, no other return and no {@link returnLines} can have
 * them. One key asks once.
 *
 * @throws UserError `invalid-input`, `order-not-found`, `idempotency-conflict`
 * @throws QuantityExceeded `quantity-exceeded`: more than was shipped, and neither returned nor asked for
 */
export async function requestReturn(em: EntityManager, request: ReturnRequestInput): Promise<ReturnState> {
  const input = parseInput(returnRequest, request);
  const { idempotencyKey: key, orderId, lines, reason } = input;
  return await em.transactional((em) =>
    once(em, { scope: 'request-return', key, request: input }, async () => {
      await lockOrder(em, orderId);
      refuseExcess('return', lines, await readReturnable(em, orderId));
      const returnId = uuidV7();
      await insertRequest(em, { returnId, orderId, reason });
      await insertLines(em, { returnId, lines });
      await emitEvent(em, 'return.requested', orderId, { returnId, lines });
      return { returnId, orderId, status: 'requested' as const };
    }),
  );
}
