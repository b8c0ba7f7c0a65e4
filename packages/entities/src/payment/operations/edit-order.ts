import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { amountMinor, key } from '../../bounds.ts';
import { cancelUnits } from '../../fulfilment/operations/cancel-units.ts';
import { allocateStock, type StockSupply } from '../../inventory/operations/allocate-stock.ts';
import { OutOfStock } from '../../inventory/operations/out-of-stock.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { parseInput } from '../../parse-input.ts';
import type { TaxCalculator } from '../../pricing/basket.ts';
import { recordAudit } from '../../runtime/audit.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { issueCreditNote } from './issue-credit-note.ts';
import { type AddedLine, orderChanges, type OrderEditPlan, planEdit } from './order-edit-plan.ts';
import { lockLevels, selectSupplies, writeAddress, writeAddedLines, writeEdit } from './write-order-edit.ts';

const quoteRequest = z.strictObject(orderChanges);
const editRequest = z.strictObject({
  ...orderChanges,
  idempotencyKey: key,
  expectedTotalMinor: amountMinor,
  reason,
});

/**
 * What `quoteOrderEdit` takes: `changes` (default none) are variants to add, and how many units of a line are to be
 * shipped (0 removes it); `shippingAddress` (default: as it is) is in the same country and region.
 */
export type OrderEditQuoteRequest = z.input<typeof quoteRequest>;

/**
 * What `editOrder` takes, in addition: `expectedTotalMinor` is what the buyer agreed that the order then costs, in minor
 * units; the edit, its credit note and the audit log have the `reason`.
 */
export type OrderEditRequest = z.input<typeof editRequest>;

/** What an edit does to an order. Amounts are minor units of its currency. */
export interface OrderEditQuote {
  orderId: string;
  /** Of the edits of the order; the first one is 1. */
  number: number;
  currencyCode: string;
  added: (Omit<AddedLine, 'lineId'> & { totalMinor: bigint })[];
  /** Of the lines that are added; `addedMinor` is the gross amount. */
  addedTaxMinor: bigint;
  addedMinor: bigint;
  cancelled: { lineId: string; quantity: number }[];
  /** What the credit note of the cancelled units has, with its tax. */
  creditedMinor: bigint;
  /** What the order costs before and after the edit: its total less what was credited. */
  beforeMinor: bigint;
  totalMinor: bigint;
  /** What of that no payment covers yet. */
  dueMinor: bigint;
}

/** An edit that was made, now or by an earlier request with the same key. */
export interface EditedOrder {
  orderId: string;
  number: number;
  totalMinor: bigint;
  /** What no payment covered when it was made. */
  dueMinor: bigint;
  /** Undefined: nothing was cancelled. */
  creditNoteId: string | undefined;
  /** Of what was added, in the order of the changes. */
  lineIds: string[];
}

/** The order would not cost what the buyer agreed to. Code `total-changed`. */
export class OrderEditChanged extends UserError {
  override readonly name = 'OrderEditChanged';
  /** What the edit does now. */
  readonly quote: OrderEditQuote;

  constructor(expectedTotalMinor: bigint, quote: OrderEditQuote) {
    super(
      'total-changed',
      `The order would cost ${quote.totalMinor}, not ${expectedTotalMinor} as expected.`,
      {
        hint: 'Nothing was changed. Show the new quote; if the buyer agrees, edit with its total.',
      },
    );
    this.quote = quote;
  }
}

/** The `quoteOrderEdit` of `orderEditsWith`, which says what it does. */
export async function quoteOrderEdit(
  em: EntityManager,
  input: OrderEditQuoteRequest,
  tax: TaxCalculator,
): Promise<OrderEditQuote> {
  const changes = parseInput(quoteRequest, input);
  return quoteOf(changes.orderId, await planEdit(em, changes, tax));
}

interface StoredEdit {
  orderId: string;
  number: number;
  totalMinor: string;
  dueMinor: string;
  creditNoteId: string | null;
  lineIds: string[];
}

/** The `editOrder` of `orderEditsWith`, which says what it does. */
export async function editOrder(
  em: EntityManager,
  request: OrderEditRequest,
  tax: TaxCalculator,
): Promise<EditedOrder> {
  const input = parseInput(editRequest, request);
  const { idempotencyKey: key, expectedTotalMinor, reason, ...changes } = input;
  const stored = await em.transactional((em) =>
    once(em, { scope: 'edit-order', key, request: input }, async () => {
      await lockOrder(em, changes.orderId);
      const plan = await planEdit(em, changes, tax);
      if (plan.totalMinor !== expectedTotalMinor) {
        throw new OrderEditChanged(expectedTotalMinor, quoteOf(changes.orderId, plan));
      }
      return await applyEdit(em, changes, plan, reason);
    }),
  );
  return {
    ...stored,
    totalMinor: BigInt(stored.totalMinor),
    dueMinor: BigInt(stored.dueMinor),
    creditNoteId: stored.creditNoteId ?? undefined,
  };
}

async function applyEdit(
  em: EntityManager,
  { orderId, shippingAddress }: z.output<typeof quoteRequest>,
  plan: OrderEditPlan,
  reason: string | undefined,
): Promise<StoredEdit> {
  const { number, added, cancelled, credit } = plan;
  // All at once, in the order of all operations: what is cancelled and what is added would else be locked in two.
  await lockLevels(em, { variantIds: plan.variantIds });
  if (cancelled.length > 0) await cancelUnits(em, orderId, cancelled);
  const note = credit && (await issueCreditNote(em, credit, reason));
  await writeEdit(em, {
    orderId,
    number,
    subtotalMinor: added.subtotalMinor,
    taxMinor: added.taxMinor,
    creditNoteId: note?.creditNoteId,
    addressChanged: shippingAddress !== undefined,
    reason,
  });
  if (added.lines.length > 0) {
    const supplies: StockSupply[] = await selectSupplies(em, {
      variantIds: added.lines.map(({ variantId }) => variantId),
    });
    const { allocations, shortages } = allocateStock(added.lines, supplies);
    if (shortages.length > 0) throw new OutOfStock(shortages);
    const lines = added.lines.map((line, index) => ({ ...line, position: plan.lastPosition + 1 + index }));
    const { adjustments } = added;
    await writeAddedLines(em, { orderId, number, lines, adjustments, allocations });
  }
  if (shippingAddress !== undefined) await writeAddress(em, { orderId, number, ...shippingAddress });
  const lineIds = added.lines.map(({ lineId }) => lineId);
  const totalMinor = plan.totalMinor.toString();
  await emitEvent(em, 'order.edited', orderId, { number, lineIds, cancelled, totalMinor });
  await recordAudit(em, {
    action: 'order.edit',
    entity: 'sales_order',
    entityId: orderId,
    detail: { number, lineIds, cancelled, totalMinor, addressChanged: shippingAddress !== undefined },
    reason,
  });
  const dueMinor = dueOf(plan).toString();
  return { orderId, number, totalMinor, dueMinor, creditNoteId: note?.creditNoteId ?? null, lineIds };
}

function quoteOf(orderId: string, plan: OrderEditPlan): OrderEditQuote {
  const { number, currencyCode, added, cancelled, credit, beforeMinor, totalMinor } = plan;
  return {
    orderId,
    number,
    currencyCode,
    added: added.lines.map(({ lineId: _new, discountMinor: _none, ...line }) => line),
    addedTaxMinor: added.taxMinor,
    addedMinor: added.totalMinor,
    cancelled,
    creditedMinor: credit?.grossMinor ?? 0n,
    beforeMinor,
    totalMinor,
    dueMinor: dueOf(plan),
  };
}

function dueOf({ totalMinor, coverMinor }: OrderEditPlan): bigint {
  return totalMinor > coverMinor ? totalMinor - coverMinor : 0n;
}
