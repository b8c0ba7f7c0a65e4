import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { key, listOf, units } from '../../bounds.ts';
import { readCharged, valueOfUnits } from '../../order/operations/read-charged.ts';
import { parseInput } from '../../parse-input.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { jsonb, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { advanceOrder } from './advance-order.ts';
import { countReturned, refuseExcess } from './line-quantities.ts';
import {
  lockReturn,
  readReturnable,
  requireStatus,
  type ReturnState,
  setReturnStatus,
} from './lock-return.ts';
import { restock } from './restock.ts';

const receipt = z.strictObject({
  idempotencyKey: key,
  returnId: z.uuid(),
  lines: listOf(z.strictObject({ lineId: z.uuid(), quantity: units, restock: z.boolean() }))
    .min(1)
    .refine(
      (lines) => new Set(lines.map(({ lineId }) => lineId)).size === lines.length,
      'the same line twice',
    ),
  reason,
});

/**
 * What {@link receiveReturn} takes: what came back of each line, which may be more or less than was asked for, and whether
 * it goes back into the stock that it left; otherwise it is lost. Of a line that is not named, nothing came.
 */
export type ReceivedReturn = z.input<typeof receipt>;

/** A return that was received; amounts as {@link returnLines} has them. */
export interface ReturnReceipt extends ReturnState {
  orderStatus: string;
  returnedMinor: bigint;
  returnedTaxMinor: bigint;
}

const selectAsked = statement({
  params: { returnId: uuid },
  row: { lineId: uuid },
  sql: 'select order_line_id as "lineId" from return_request_line where return_request_id = :returnId',
});

const writeReceived = statement({
  params: { returnId: uuid, lines: jsonb() },
  row: {},
  sql: `update return_request_line line set received_quantity = coalesce(r.quantity, 0),
      restocked_quantity = case when r.restock then r.quantity else 0 end
    from return_request_line asked left join jsonb_to_recordset(:lines)
        as r ("lineId" uuid, quantity integer, restock boolean) on r."lineId" = asked.order_line_id
    where asked.return_request_id = :returnId and line.return_request_id = :returnId
      and line.order_line_id = asked.order_line_id`,
});

/**
 * Records the goods of an approved return. An order of which everything came back becomes `returned`, with its shipments.
 * It returns no money: call {@link refundReturn}. One key receives once.
 *
 * @throws UserError `invalid-input`, `return-not-found`, `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: it is not approved, or was received
 * @throws QuantityExceeded `quantity-exceeded`: more than was shipped and not returned, nor asked for by another return;
 *   or of a line that is not in the return
 */
export async function receiveReturn(em: EntityManager, request: ReceivedReturn): Promise<ReturnReceipt> {
  const input = parseInput(receipt, request);
  const { idempotencyKey: key, returnId, lines, reason } = input;
  const stored = await em.transactional((em) =>
    once(em, { scope: 'receive-return', key, request: input }, async () => {
      const locked = await lockReturn(em, returnId);
      const { orderId, order } = locked;
      requireStatus(locked, { from: ['approved'], to: 'received' });
      const returnable = await readReturnable(em, orderId, returnId);
      const asked = await selectAsked(em, { returnId });
      refuseExcess(
        'return',
        lines,
        new Map(asked.map(({ lineId }) => [lineId, returnable.get(lineId) ?? 0])),
      );
      // It is open no more before its units count as returned.
      const state = await setReturnStatus(em, locked, 'received');
      const value = valueOfUnits(await readCharged(em, orderId), lines);
      await countReturned(em, { lines });
      await writeReceived(em, { returnId, lines });
      const restocked = lines.filter((line) => line.restock);
      if (restocked.length > 0) await restock(em, restocked, reason);
      await emitEvent(em, 'return.received', orderId, { returnId, lines });
      await recordAudit(em, {
        action: 'return.received',
        entity: 'return_request',
        entityId: returnId,
        detail: { lines },
        reason,
      });
      return {
        ...state,
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
