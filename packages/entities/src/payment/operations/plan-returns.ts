import type { EntityManager } from '@mikro-orm/postgresql';
import { creditedOf, lastingCover } from '../../order/operations/payment-cover.ts';
import { bool, int8, int8Sum, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';

/** What goes back by a payment. Amounts are minor units. */
export interface PaymentReturn {
  paymentId: string;
  provider: string;
  /** What can be refunded of it: captured, neither returned nor disputed, nor under way. */
  refundableMinor: bigint;
  /** What is refunded now. */
  refundMinor: bigint;
  /** What is voided now: all that was authorized, of which nothing is needed any more. */
  voidMinor: bigint;
}

/** The returns of all payments. */
export interface ReturnPlan {
  payments: PaymentReturn[];
  /** What is kept above what the order costs, and cannot be refunded now: of it a capture may be under way. */
  openMinor: bigint;
}

const paymentRow = {
  paymentId: uuid,
  provider: text,
  isAuthorized: bool,
  authorizedMinor: int8,
  refundableMinor: int8Sum,
  capturingMinor: int8Sum,
  isVoiding: bool,
  coverMinor: int8Sum,
};

const selectPayments = statement({
  params: { orderId: uuid },
  row: paymentRow,
  sql: `select p.id as "paymentId", p.provider, p.status = 'authorized' as "isAuthorized",
      p.authorized_minor as "authorizedMinor",
      case p.status when 'captured' then greatest(p.captured_minor - p.refunded_minor - p.disputed_minor
        - pending.refunding, 0) else 0 end as "refundableMinor",
      pending.capturing as "capturingMinor", pending.voids > 0 as "isVoiding", ${lastingCover()} as "coverMinor"
    from payment p cross join lateral (
      select coalesce(sum(t.amount_minor) filter (where t.kind = 'refund'), 0) as refunding,
        coalesce(sum(t.amount_minor) filter (where t.kind = 'capture'), 0) as capturing,
        count(*) filter (where t.kind = 'void') as voids
      from payment_transaction t where t.payment_id = p.id and t.status = 'pending') pending
    where p.order_id = :orderId and p.status in ('authorized', 'captured') order by p.created_at, p.id`,
});

const selectCharged = statement({
  params: { orderId: uuid },
  row: { status: text, chargedMinor: int8 },
  sql: `select o.status, o.total_minor - ${creditedOf()} as "chargedMinor" from sales_order o where o.id = :orderId`,
});

/**
 * What goes back so that an order keeps no more than it costs, which is its total less what was credited: captured money
 * above that is refunded, and each authorization without which the order is covered is voided. What was returned before,
 * by whoever did it, is not returned again.
 *
 * @param creditMinor what is credited in addition
 */
export async function planReturns(em: EntityManager, orderId: string, creditMinor = 0n): Promise<ReturnPlan> {
  const [order] = await selectCharged(em, { orderId });
  const payments = await selectPayments(em, { orderId });
  if (order === undefined) return { payments: [], openMinor: 0n };
  const costsMinor = order.status === 'cancelled' ? 0n : order.chargedMinor - creditMinor;
  return returnsOf(payments, costsMinor);
}

function returnsOf(payments: readonly RowOf<typeof paymentRow>[], costsMinor: bigint): ReturnPlan {
  // A capture that is under way may fail: what it takes too much is returned once it is done.
  let excessMinor = sumOf(payments, (each) => each.refundableMinor) - costsMinor;
  const capturingMinor = sumOf(payments, (each) => each.capturingMinor);
  let coverMinor = sumOf(payments, (each) => each.coverMinor);
  const returns = payments.map((each): PaymentReturn => {
    const { paymentId, provider, refundableMinor } = each;
    const refundMinor = atMost(excessMinor > 0n ? excessMinor : 0n, refundableMinor);
    excessMinor -= refundMinor;
    const isIdle = each.isAuthorized && !each.isVoiding && each.capturingMinor === 0n;
    const isUnneeded = isIdle && coverMinor - each.coverMinor >= costsMinor;
    if (isUnneeded) coverMinor -= each.coverMinor;
    const voidMinor = isUnneeded ? each.authorizedMinor : 0n;
    return { paymentId, provider, refundableMinor, refundMinor, voidMinor };
  });
  const openMinor = excessMinor + capturingMinor;
  return { payments: returns, openMinor: openMinor > 0n ? openMinor : 0n };
}

function sumOf<Row>(rows: readonly Row[], amountOf: (row: Row) => bigint): bigint {
  return rows.reduce((sum, row) => sum + amountOf(row), 0n);
}

function atMost(amountMinor: bigint, limitMinor: bigint): bigint {
  return amountMinor < limitMinor ? amountMinor : limitMinor;
}
