import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { reason } from '../../runtime/reason.ts';
import {
  lockReturn,
  requireStatus,
  type ReturnState,
  type ReturnStatus,
  setReturnStatus,
} from './lock-return.ts';

const decision = z.strictObject({ returnId: z.uuid(), reason });

/** What {@link approveReturn}, {@link declineReturn} and {@link cancelReturn} take. The audit log has the `reason`. */
export type ReturnDecision = z.input<typeof decision>;

const deciding =
  (to: ReturnStatus, from: readonly ReturnStatus[]) =>
  async (em: EntityManager, request: ReturnDecision): Promise<ReturnState> => {
    const { returnId, reason } = parseInput(decision, request);
    return await em.transactional(async (em) => {
      const locked = await lockReturn(em, returnId);
      const { orderId, status } = locked;
      if (status === to) return { returnId, orderId, status };
      requireStatus(locked, { from, to });
      await recordAudit(em, { action: `return.${to}`, entity: 'return_request', entityId: returnId, reason });
      await emitEvent(em, `return.${to}`, orderId, { returnId });
      return await setReturnStatus(em, locked, to);
    });
  };

const approve = deciding('approved', ['requested']);
const decline = deciding('declined', ['requested']);
const cancel = deciding('cancelled', ['requested', 'approved']);

/**
 * Approves a return: the buyer may send the goods. Approving again changes nothing.
 *
 * @throws UserError `invalid-input`, `return-not-found`
 * @throws IllegalTransition `illegal-transition`: it was declined, cancelled or received
 */
export async function approveReturn(em: EntityManager, request: ReturnDecision): Promise<ReturnState> {
  return await approve(em, request);
}

/**
 * Declines a return that was requested; its units can be asked for again. Declining again changes nothing.
 *
 * @throws UserError `invalid-input`, `return-not-found`
 * @throws IllegalTransition `illegal-transition`: it was approved, cancelled or received
 */
export async function declineReturn(em: EntityManager, request: ReturnDecision): Promise<ReturnState> {
  return await decline(em, request);
}

/**
 * Cancels a return of which nothing was received: the buyer keeps the goods, or never sent them. Cancelling again changes
 * nothing.
 *
 * @throws UserError `invalid-input`, `return-not-found`
 * @throws IllegalTransition `illegal-transition`: it was declined or received
 */
export async function cancelReturn(em: EntityManager, request: ReturnDecision): Promise<ReturnState> {
  return await cancel(em, request);
}
