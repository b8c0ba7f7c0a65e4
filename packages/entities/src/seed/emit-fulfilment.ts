import type { SeedOrder, ShopEmit } from './seed-order.ts';
import type { ShopContext } from './shop-context.ts';

/** How many ids of the stock ledger an order may take: a shipment and a return for each of 6 lines. */
export const MOVEMENT_STRIDE = 12;

/** Reservations, parcels, and the movements of the stock ledger that they caused. */
export function emitFulfilment(order: SeedOrder, emit: ShopEmit, context: ShopContext): void {
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

  let movementId = context.firstMovement + order.index * MOVEMENT_STRIDE;
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
      created_at: buyer.placedAt,
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
