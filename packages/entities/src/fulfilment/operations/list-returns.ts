import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { jsonb, nullable, text, textOf, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import type { ReturnStatus } from './lock-return.ts';

const listing = z.strictObject({ orderId: z.uuid() });

/** A return with its lines: units that were asked for, that came back (null: not yet), and that went into the stock. */
export interface ListedReturn {
  returnId: string;
  status: ReturnStatus;
  reason: string | undefined;
  actor: string | undefined;
  creditNoteId: string | undefined;
  requestedAt: Date;
  lines: {
    lineId: string;
    quantity: number;
    receivedQuantity: number | null;
    restockedQuantity: number;
  }[];
}

const selectReturns = statement({
  params: { orderId: uuid },
  row: {
    returnId: uuid,
    status: textOf<ReturnStatus>(),
    reason: nullable(text),
    actor: nullable(text),
    creditNoteId: nullable(uuid),
    requestedAt: timestamptz,
    lines: jsonb<ListedReturn['lines']>(),
  },
  sql: `select r.id as "returnId", r.status, r.reason, r.actor, r.credit_note_id as "creditNoteId",
      r.created_at as "requestedAt", coalesce((
        select jsonb_agg(jsonb_build_object('lineId', l.order_line_id, 'quantity', l.quantity,
          'receivedQuantity', l.received_quantity, 'restockedQuantity', l.restocked_quantity) order by l.order_line_id)
        from return_request_line l where l.return_request_id = r.id), '[]') as lines
    from return_request r where r.order_id = :orderId order by r.created_at, r.id`,
});

/**
 * The returns of an order, in the order in which they were asked for.
 *
 * @throws UserError `invalid-input`
 */
export async function listReturns(
  em: EntityManager,
  request: z.input<typeof listing>,
): Promise<ListedReturn[]> {
  const { orderId } = parseInput(listing, request);
  const returns = await selectReturns(em, { orderId });
  return returns.map(({ reason, actor, creditNoteId, ...each }) => ({
    ...each,
    reason: reason ?? undefined,
    actor: actor ?? undefined,
    creditNoteId: creditNoteId ?? undefined,
  }));
}
