import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { listOf, positiveAmountMinor, units, wholeNumber } from '../../bounds.ts';
import { refuseExcess } from '../../fulfilment/operations/line-quantities.ts';
import { type ChargedOrderState, readCharged } from '../../order/operations/read-charged.ts';
import { parseInput } from '../../parse-input.ts';
import {
  type ChargedPart,
  nextShare,
  sumOfTaxes,
  type TaxAmount,
  taxOf,
} from '../../pricing/charged-parts.ts';
import { shareOf } from '../../pricing/minor-units.ts';
import { bool, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { amountWithin } from './amount-within.ts';
import { type PaymentReturn, planReturns } from './plan-returns.ts';

export type { PaymentReturn } from './plan-returns.ts';

/** What is to be refunded of an order. */
export const refundParts = {
  orderId: z.uuid(),
  lines: listOf(z.strictObject({ lineId: z.uuid(), quantity: units }))
    .refine(
      (lines) => new Set(lines.map(({ lineId }) => lineId)).size === lines.length,
      'the same line twice',
    )
    .default([]),
  shipping: z
    .union([
      z.enum(['none', 'all']),
      z.strictObject({ grossMinor: positiveAmountMinor }),
      z.strictObject({ sharePpm: wholeNumber(1, 1_000_000) }),
    ])
    .default('none'),
};

const proposalRequest = z.strictObject(refundParts);

/**
 * What {@link proposeRefund} takes: units of `lines` (default none), and of the `shipping` `'none'` (the default),
 * `'all'` that was not credited, `grossMinor` with its tax, or `sharePpm` millionths of what was charged for it.
 */
export type RefundProposalRequest = z.input<typeof proposalRequest>;

/** What is refunded for units of a line, or of the shipping. Amounts are minor units; `grossMinor` is net and tax. */
export interface ProposedPart {
  netMinor: bigint;
  taxMinor: bigint;
  grossMinor: bigint;
  taxes: TaxAmount[];
}

/** What a refund would be. */
export interface RefundProposal extends ProposedPart {
  orderId: string;
  lines: (ProposedPart & { lineId: string; quantity: number })[];
  shipping: ProposedPart;
  /** What would go back by each payment; less than `grossMinor` in all where not all was captured, or some was returned. */
  payments: PaymentReturn[];
}

/** What a proposal credits, before what its payments return. */
export type Credit = Omit<RefundProposal, 'payments'>;

const selectOrder = statement({
  params: { orderId: uuid },
  row: { status: text, wasConfirmed: bool },
  sql: `select o.status, exists (select from order_status_history h
      where h.order_id = o.id and h.to_status = 'confirmed') as "wasConfirmed"
    from sales_order o where o.id = :orderId`,
});

/**
 * What a refund of units of lines, and of a part of the shipping, is: their price less their share of the discounts, with
 * their share of the taxes, after what was credited already. However an order is refunded in parts, these make what was
 * charged for it, to the minor unit. It reads only; {@link refundOrder} issues the credit note and returns the money.
 *
 * @throws UserError `invalid-input`, `order-not-found`
 * @throws UserError `order-not-charged`: the order was never confirmed
 * @throws UserError `nothing-to-refund`: neither lines nor shipping are named, or nothing is left of the shipping
 * @throws QuantityExceeded `quantity-exceeded`: more units than were ordered and not credited
 * @throws AmountExceeds `amount-exceeds-charged`: more shipping than was charged and not credited
 */
export async function proposeRefund(
  em: EntityManager,
  request: RefundProposalRequest,
): Promise<RefundProposal> {
  const credit = await creditOf(em, parseInput(proposalRequest, request));
  const { payments } = await planReturns(em, credit.orderId, credit.grossMinor);
  return { ...credit, payments };
}

/** The credit of a proposal, by what was charged and credited as it is read now. */
export async function creditOf(em: EntityManager, input: z.output<typeof proposalRequest>): Promise<Credit> {
  const { orderId, lines: requested } = input;
  const [order] = await selectOrder(em, { orderId });
  if (order === undefined) throw new UserError('order-not-found', `There is no order ${orderId}.`);
  if (!order.wasConfirmed) {
    throw new UserError(
      'order-not-charged',
      `Order ${orderId} is ${order.status}, and was never confirmed.`,
      {
        hint: 'Cancel it: nothing was charged.',
      },
    );
  }
  const state = await readCharged(em, orderId);
  const left = state.lines.map((line): [string, number] => [
    line.lineId,
    line.quantity - line.creditedQuantity,
  ]);
  refuseExcess('refund', requested, new Map(left));
  const lines = requested.flatMap(({ lineId, quantity }) => {
    const line = state.lines.find((each) => each.lineId === lineId);
    if (line === undefined) return [];
    const { charged, credited, creditedQuantity } = line;
    const upTo = BigInt(creditedQuantity + quantity);
    return [
      { lineId, quantity, ...proposed(nextShare(charged, credited, { upTo, of: BigInt(line.quantity) })) },
    ];
  });
  const shipping = proposed(shippingShare(state, input.shipping));
  if (lines.length === 0 && shipping.grossMinor === 0n) {
    throw new UserError('nothing-to-refund', `Nothing of order ${orderId} is to be refunded.`, {
      hint: 'Name units of lines, or shipping that was charged and not credited.',
    });
  }
  const all = [...lines, shipping];
  const sum = (of: 'netMinor' | 'taxMinor' | 'grossMinor') => all.reduce((sum, part) => sum + part[of], 0n);
  return {
    orderId,
    lines,
    shipping,
    netMinor: sum('netMinor'),
    taxMinor: sum('taxMinor'),
    grossMinor: sum('grossMinor'),
    taxes: sumOfTaxes(all.flatMap(({ taxes }) => taxes)),
  };
}

function shippingShare(
  { shipping: { charged, credited } }: ChargedOrderState,
  shipping: z.output<typeof refundParts.shipping>,
): ChargedPart {
  const whole = charged.grossMinor;
  const leftMinor = whole - credited.grossMinor;
  const nextMinor =
    shipping === 'none'
      ? 0n
      : shipping === 'all'
        ? leftMinor
        : 'grossMinor' in shipping
          ? shipping.grossMinor
          : shareOf(whole, shipping.sharePpm);
  if (nextMinor > leftMinor)
    amountWithin('charged', { requestedMinor: nextMinor, availableMinor: leftMinor });
  return nextShare(charged, credited, { upTo: credited.grossMinor + nextMinor, of: whole });
}

function proposed(part: ChargedPart): ProposedPart {
  const taxMinor = taxOf(part);
  return { ...part, taxMinor, netMinor: part.grossMinor - taxMinor };
}
