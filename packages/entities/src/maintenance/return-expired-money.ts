import { isUserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { PaymentProvider } from '../payment/operations/payment-provider.ts';
import { returnMoney } from '../payment/operations/return-money.ts';
import { int8, nullable, text, timestamptz, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';

/** Longer than a payment is waited for before the holds of its order expire, and its outcome after that. */
const lookBackDays = 14;
/** How long a return that failed is left alone: each attempt is a transaction on the books. */
const retryHours = 6;

/** Where the next page begins. */
export interface ReturnPage {
  placedAt: Date;
  orderId: string;
}

// A return that is pending is the sweep's: it asks for its outcome.
const selectKeeping = statement({
  params: { provider: text, placedAt: nullable(timestamptz), orderId: nullable(uuid), limit: int8 },
  row: { orderId: uuid, placedAt: timestamptz },
  sql: `select s.id as "orderId", s.at as "placedAt" from status_index s
    where s.machine = 'sales_order' and s.status = 'cancelled' and s.at > now() - interval '${lookBackDays} days'
      and (:placedAt::timestamptz is null or (s.at, s.id) > (:placedAt, :orderId))
      and exists (select from payment p where p.order_id = s.id and p.provider = :provider
        and case p.status when 'authorized' then p.authorized_minor
          when 'captured' then p.captured_minor - p.refunded_minor - p.disputed_minor else 0 end > 0
        and not exists (select from payment_transaction t
          where t.payment_id = p.id and t.kind in ('refund', 'void') and (t.status = 'pending'
            or t.status = 'failed' and t.completed_at > now() - interval '${retryHours} hours')))
      and exists (select from order_line l join stock_reservation hold on hold.order_line_id = l.id
        where l.order_id = s.id and hold.status = 'expired')
    order by s.at, s.id limit :limit`,
});

/**
 * Returns the money of a page of the orders that were cancelled because their holds expired, such as a part of the total
 * that was paid. Orders that somebody has cancelled are left to {@link returnMoney}.
 *
 * @throws Error no order's money could be returned, and not because the provider refused: checks find what it refuses
 */
export async function returnExpiredMoney(
  em: EntityManager,
  provider: PaymentProvider,
  { after, limit }: { after: ReturnPage | undefined; limit: number },
): Promise<{ returned: number; last: ReturnPage | undefined }> {
  const page = await selectKeeping(em, { provider: provider.name, ...after, limit });
  const errors: unknown[] = [];
  for (const { orderId } of page) {
    try {
      await returnMoney(em.fork(), provider, { orderId, reason: 'unpaid' });
    } catch (error) {
      errors.push(error);
    }
  }
  const returned = page.length - errors.length;
  const cause = errors.find((error) => !isUserError(error) || error.code !== 'payment-declined');
  if (returned === 0 && cause !== undefined) {
    throw new Error(`No money of cancelled orders could be returned by ${provider.name}.`, { cause });
  }
  return { returned, last: page.at(-1) };
}
