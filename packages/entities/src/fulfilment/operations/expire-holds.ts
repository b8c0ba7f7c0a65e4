import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { cancelLockedOrders } from './cancel-order.ts';
import { minutes, rows } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { int4, int8, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const batch = z.strictObject({ limit: rows.default(100), paymentWaitMinutes: minutes.default(7 * 24 * 60) });

/** SQL: whether a payment of order `o` waits for the provider, and is still waited for. */
const isBeingPaid = `exists (
  select from payment p join payment_transaction t on t.payment_id = p.id
  where p.order_id = o.id and t.status = 'pending' and not t.is_external
    and t.created_at > now() - make_interval(mins => :paymentWaitMinutes))`;

const lockExpiredOrders = statement({
  params: { limit: int8, paymentWaitMinutes: int4 },
  row: { id: uuid },
  sql: `select o.id from status_index s join sales_order o on o.id = s.id
    where s.machine = 'sales_order' and s.status = 'pending' and o.status = 'pending'
      and (select min(hold.expires_at) filter (where hold.status = 'held')
        from order_line line join stock_reservation hold on hold.order_line_id = line.id
        where line.order_id = o.id) < now()
      and not ${isBeingPaid}
    order by s.at limit :limit for no key update of o skip locked`,
});

const selectUnpaid = statement({
  params: { orderIds: uuidArray, paymentWaitMinutes: int4 },
  row: { id: uuid },
  sql: `select o.id from unnest(:orderIds::uuid[]) as o (id)
    where not ${isBeingPaid}`,
});

/**
 * Cancels unpaid orders whose holds have expired, `limit` at a time (default 100), and releases their stock. Call it
 * until it returns none. Concurrent sweepers take different orders; an order that another session has locked, or whose
 * payment waits for the provider, is left for the next call: whatever the provider does, for `paymentWaitMinutes` (default
 * a week) at most. What was paid of a cancelled order, or is later, is for {@link returnMoney}, as {@link maintain} calls it.
 *
 * @returns the ids of the orders that were cancelled
 * @throws UserError `invalid-input`
 */
export async function expireHolds(em: EntityManager, request: z.input<typeof batch> = {}): Promise<string[]> {
  const { limit, paymentWaitMinutes } = parseInput(batch, request);
  return await em.transactional(async (em) => {
    const orders = await lockExpiredOrders(em, { limit, paymentWaitMinutes });
    if (orders.length === 0) return [];
    // Read again, now that they are locked: a payment may have begun in the meantime.
    const unpaid = await selectUnpaid(em, { orderIds: orders.map(({ id }) => id), paymentWaitMinutes });
    const ids = unpaid.map((order) => order.id);
    await cancelLockedOrders(em, ids, { holds: 'expired', reason: 'unpaid' });
    return ids;
  });
}
