import type { Emit, Uuid } from '@ecommerce-dms/seeder';
import {
  type ChargedPart,
  chargedParts,
  nextShare,
  nothingCharged,
  taxOf,
} from '../pricing/charged-parts.ts';
import type { OrderContext, SeedOrder } from './seed-order.ts';
import { seedTax } from './seed-basket.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const creditTables = {
  credit_note: ['id', 'number', 'order_id', 'net_minor', 'tax_minor', 'actor', 'issued_at'],
  credit_note_line: ['id', 'credit_note_id', 'order_line_id', 'quantity', 'net_minor', 'tax_minor'],
  credit_note_tax: ['id', 'credit_note_line_id', 'code', 'rate_ppm', 'amount_minor'],
  order_credit: ['order_id', 'credited_minor'],
  return_request: ['id', 'order_id', 'status', 'credit_note_id', 'actor', 'created_at', 'updated_at'],
  return_request_line: [
    'return_request_id',
    'order_line_id',
    'quantity',
    'received_quantity',
    'restocked_quantity',
  ],
} as const;

/** What is credited of an order: units of lines, by their positions, and the shipping without one. */
export interface SeedCredit {
  at: number;
  parts: { position: number | undefined; quantity: number | undefined; part: ChargedPart }[];
  grossMinor: number;
}

/** What was credited of an order that was captured, and then cancelled or returned: all of it, or a unit. */
export function creditOf({ basket, story }: SeedOrder): SeedCredit | undefined {
  const at = story.returnedAt ?? story.unitReturnedAt ?? story.cancelledAt;
  if (story.capturedAt === undefined || at === undefined) return undefined;
  const { lines, shipping } = chargedParts({
    isTaxIncluded: basket.taxIncluded,
    lines: basket.lines.map((line, position) => ({
      lineId: String(position),
      totalMinor: BigInt(line.totalMinor),
    })),
    adjustments: [
      ...basket.lines.flatMap((line, position) => [
        adjustment('discount', line.discountMinor, position),
        adjustment('tax', line.taxMinor, position),
      ]),
      adjustment('shipping', basket.shippingMinor),
    ],
  });
  const isUnit = story.unitReturnedAt !== undefined;
  const parts = basket.lines.flatMap(({ quantity }, position) => {
    const whole = lines.get(String(position)) ?? nothingCharged;
    if (!isUnit) return [{ position, quantity, part: whole }];
    if (position < basket.lines.length - 1) return [];
    const part = nextShare(whole, nothingCharged, { upTo: 1n, of: BigInt(quantity) });
    return [{ position, quantity: 1, part }];
  });
  const all = [
    ...parts,
    ...(isUnit || shipping.grossMinor === 0n
      ? []
      : [{ position: undefined, quantity: undefined, part: shipping }]),
  ];
  return { at, parts: all, grossMinor: all.reduce((sum, { part }) => sum + Number(part.grossMinor), 0) };
}

/** The credit note of an order that has one, and its return. */
export function emitCredit(order: SeedOrder, emit: Emit<typeof creditTables>, context: OrderContext): void {
  const credit = creditOf(order);
  if (credit === undefined) return;
  const { id, index, draw, lineIds } = order;
  const { at, parts, grossMinor } = credit;
  const creditNoteId = draw.uuid7(at);
  const taxMinor = parts.reduce((sum, { part }) => sum + Number(taxOf(part)), 0);
  emit.credit_note({
    id: creditNoteId,
    number: context.firstCreditNumber + index,
    order_id: id,
    net_minor: grossMinor - taxMinor,
    tax_minor: taxMinor,
    actor: 'support',
    issued_at: at,
  });
  emit.order_credit({ order_id: id, credited_minor: grossMinor });
  if (order.story.cancelledAt === undefined) emitReturn(order, credit, { creditNoteId, emit });
  for (const { position, quantity, part } of parts) {
    const lineId = draw.uuid7(at);
    emit.credit_note_line({
      id: lineId,
      credit_note_id: creditNoteId,
      order_line_id: position === undefined ? null : (lineIds[position] ?? null),
      quantity: quantity ?? null,
      net_minor: Number(part.grossMinor - taxOf(part)),
      tax_minor: Number(taxOf(part)),
    });
    for (const { code, ratePpm = null, amountMinor } of part.taxes) {
      emit.credit_note_tax({
        id: draw.uuid7(at),
        credit_note_line_id: lineId,
        code,
        rate_ppm: ratePpm,
        amount_minor: Number(amountMinor),
      });
    }
  }
}

/** The return that was refunded by a credit note: what came back is in the stock again. */
function emitReturn(
  { id, draw, lineIds, story }: SeedOrder,
  { at, parts }: SeedCredit,
  { creditNoteId, emit }: { creditNoteId: Uuid; emit: Emit<typeof creditTables> },
): void {
  const deliveredAt = Math.max(...story.parcels.map((parcel) => parcel.deliveredAt ?? 0));
  const requestedAt = deliveredAt + draw.int(1, Math.max(1, at - deliveredAt - 1));
  const returnId = draw.uuid7(requestedAt);
  emit.return_request({
    id: returnId,
    order_id: id,
    status: 'refunded',
    credit_note_id: creditNoteId,
    actor: 'support',
    created_at: requestedAt,
    updated_at: at,
  });
  for (const { position, quantity } of parts) {
    if (position === undefined || quantity === undefined) continue;
    emit.return_request_line({
      return_request_id: returnId,
      order_line_id: lineIds[position] ?? null,
      quantity,
      received_quantity: quantity,
      restocked_quantity: quantity,
    });
  }
}

function adjustment(kind: 'discount' | 'shipping' | 'tax', amountMinor: number, position?: number) {
  const lineId = position === undefined ? null : String(position);
  const { code, ratePpm } = seedTax;
  return {
    kind,
    code,
    ratePpm: kind === 'tax' ? ratePpm : null,
    amountMinor: BigInt(amountMinor),
    lineId,
  };
}
