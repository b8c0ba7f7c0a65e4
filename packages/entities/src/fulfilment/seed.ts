import type { Emit } from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { float8 } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { InventoryContext } from '../inventory/seed.ts';
import type { SeedOrder } from '../order/seed-order.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const fulfilmentTables = {
  shipment: [
    'id',
    'order_id',
    'location_id',
    'status',
    'carrier',
    'tracking_number',
    'shipped_at',
    'delivered_at',
    'created_at',
    'updated_at',
  ],
  stock_reservation: [
    'id',
    'variant_id',
    'location_id',
    'order_line_id',
    'shipment_id',
    'quantity',
    'status',
    'expires_at',
  ],
  stock_movement: [
    'id',
    'variant_id',
    'location_id',
    'kind',
    'quantity',
    'reservation_id',
    'note',
    'created_at',
  ],
} as const;

export interface FulfilmentContext extends InventoryContext {
  /** The ids of the stock ledger start above this one. */
  lastMovementId: number;
  /** First id of the orders' stock movements; the ids between the last one and this are for receipts. */
  firstMovement: number;
}

/** One for each of the 25 months that the history touches, and one for what is promised. */
const receiptsAVariant = 26;

const readLastMovement = statement({
  params: {},
  row: { id: float8 },
  sql: 'select coalesce(max(id), 0)::float8 as id from stock_movement',
});

export async function readMovements(
  client: ClientBase,
  variantCount: number,
): Promise<Pick<FulfilmentContext, 'lastMovementId' | 'firstMovement'>> {
  const [last] = await readLastMovement(client, {});
  const lastMovementId = last?.id ?? 0;
  return { lastMovementId, firstMovement: lastMovementId + variantCount * receiptsAVariant + 1 };
}

/** How many ids of the stock ledger an order may take: a shipment and a return for each of 6 lines. */
export const movementStride = 12;

/** Reservations, parcels, and the movements of the stock ledger that they caused. */
export function emitFulfilment(
  order: SeedOrder,
  emit: Emit<typeof fulfilmentTables>,
  context: FulfilmentContext,
): void {
  const { basket, story, buyer, draw } = order;
  const parcels = story.parcels.map((parcel) => ({ ...parcel, id: draw.uuid7(parcel.packedAt) }));
  for (const [n, parcel] of parcels.entries()) {
    const { shippedAt, deliveredAt, returnedAt } = parcel;
    emit.shipment({
      id: parcel.id,
      order_id: order.id,
      location_id: context.location,
      status: returnedAt ? 'returned' : deliveredAt ? 'delivered' : shippedAt ? 'shipped' : 'pending',
      carrier: basket.shippingMethod === 'express' ? 'UPS' : 'USPS',
      tracking_number: shippedAt === undefined ? null : `SEED${order.number}-${n + 1}`,
      shipped_at: shippedAt ?? null,
      delivered_at: deliveredAt ?? null,
      created_at: parcel.packedAt,
      updated_at: returnedAt ?? deliveredAt ?? shippedAt ?? parcel.packedAt,
    });
  }

  let movementId = context.firstMovement + order.index * movementStride;
  const isConfirmed = story.changes.length > 1;
  for (const [position, { variant, quantity }] of basket.lines.entries()) {
    const parcel = parcels.find(
      (parcel) => parcel.shippedAt !== undefined && parcel.lines.includes(position),
    );
    const reservationId = draw.uuid7(buyer.placedAt);
    const isOver = story.cancelledAt !== undefined;
    const expires = story.isUnpaid || !isConfirmed;
    emit.stock_reservation({
      id: reservationId,
      variant_id: variant.id,
      location_id: context.location,
      order_line_id: order.lineIds[position] ?? null,
      shipment_id: parcel?.id ?? null,
      quantity,
      status: parcel ? 'consumed' : isOver ? (story.isUnpaid ? 'expired' : 'released') : 'held',
      expires_at: expires ? story.holdExpiresAt : null,
    });

    const move = (kind: string, signed: number, at: number) =>
      emit.stock_movement({
        id: movementId++,
        variant_id: variant.id,
        location_id: context.location,
        kind,
        quantity: signed,
        reservation_id: reservationId,
        note: null,
        created_at: at,
      });
    if (parcel?.shippedAt !== undefined) move('shipment', -quantity, parcel.shippedAt);
    if (story.returnedAt !== undefined) move('return', quantity, story.returnedAt);
    else if (story.unitReturnedAt !== undefined && position === basket.lines.length - 1)
      move('return', 1, story.unitReturnedAt);
  }
}
