import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { type LockedOrder, lockOrder } from '../../order/operations/lock-order.ts';
import { int4, nullable, textOf, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import type { returnMachine } from '../return-request.ts';

export type ReturnStatus = (typeof returnMachine.statuses)[number];

/** A return after an operation. */
export interface ReturnState {
  returnId: string;
  orderId: string;
  status: ReturnStatus;
}

/** A return whose row, and that of its order, this transaction has locked. */
export interface LockedReturn extends ReturnState {
  order: LockedOrder;
  creditNoteId: string | null;
}

const selectOrderOfReturn = statement({
  params: { returnId: uuid },
  row: { orderId: uuid },
  sql: 'select order_id as "orderId" from return_request where id = :returnId',
});

const lockReturnRow = statement({
  params: { returnId: uuid },
  row: { status: textOf<ReturnStatus>(), creditNoteId: nullable(uuid) },
  sql: `select status, credit_note_id as "creditNoteId" from return_request where id = :returnId
    for no key update`,
});

/**
 * Locks the order of a return, then the return.
 *
 * @throws UserError `return-not-found`
 */
export async function lockReturn(em: EntityManager, returnId: string): Promise<LockedReturn> {
  const [known] = await selectOrderOfReturn(em, { returnId });
  if (known === undefined) throw new UserError('return-not-found', `There is no return ${returnId}.`);
  const order = await lockOrder(em, known.orderId);
  const [row] = await lockReturnRow(em, { returnId });
  if (row === undefined) throw new Error(`return_request ${returnId} has gone`);
  return { returnId, orderId: order.id, order, ...row };
}

/**
 * Refuses a return that is in none of these statuses.
 *
 * @throws IllegalTransition `illegal-transition`
 */
export function requireStatus(
  { returnId, status }: LockedReturn,
  { from, to }: { from: readonly ReturnStatus[]; to: ReturnStatus },
): void {
  if (!from.includes(status)) throw new IllegalTransition('return_request', returnId, { from: status, to });
}

const setStatus = statement({
  params: { returnId: uuid, status: textOf<ReturnStatus>(), creditNoteId: nullable(uuid) },
  row: {},
  sql: `update return_request set status = :status, credit_note_id = :creditNoteId where id = :returnId`,
});

export async function setReturnStatus(
  em: EntityManager,
  { returnId, orderId }: LockedReturn,
  status: ReturnStatus,
  creditNoteId?: string,
): Promise<ReturnState> {
  await setStatus(em, { returnId, status, creditNoteId });
  return { returnId, orderId, status };
}

const selectReturnable = statement({
  params: { orderId: uuid, exceptId: nullable(uuid) },
  row: { lineId: uuid, quantity: int4 },
  sql: `select line.id as "lineId", line.shipped_quantity - line.returned_quantity - coalesce((
        select sum(asked.quantity) from return_request r
          join return_request_line asked on asked.return_request_id = r.id and asked.order_line_id = line.id
        where r.order_id = :orderId and r.status in ('requested', 'approved')
          and r.id is distinct from :exceptId), 0)::integer as quantity
    from order_line line where line.order_id = :orderId`,
});

/** Units of each line that were shipped, and neither returned nor asked for by a return that is open, but `exceptId`. */
export async function readReturnable(
  em: EntityManager,
  orderId: string,
  exceptId?: string,
): Promise<Map<string, number>> {
  const lines = await selectReturnable(em, { orderId, exceptId });
  return new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
}
