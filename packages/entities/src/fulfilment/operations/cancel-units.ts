import type { EntityManager } from '@mikro-orm/postgresql';
import { endHolds, lockHolds } from './holds.ts';
import { countCancelled, type LineQuantity, readLines, refuseExcess } from './line-quantities.ts';
import { takeUnits } from './take-units.ts';

/**
 * Cancels units of an order that the caller has locked, and releases their stock.
 *
 * @throws QuantityExceeded `quantity-exceeded`: more than is left to ship
 */
export async function cancelUnits(
  em: EntityManager,
  orderId: string,
  requested: readonly LineQuantity[],
): Promise<void> {
  const lines = await readLines(em, { orderId });
  refuseExcess(
    'cancel',
    requested,
    new Map(lines.map((line) => [line.lineId, line.quantity - line.shipped - line.cancelled])),
  );
  const holds = await lockHolds(em, { orderIds: [orderId] });
  // What is on back order is given up first.
  const backOrdersFirst = holds.toSorted((a, b) => a.onHand - b.onHand);
  const ends = requested.flatMap(({ lineId, quantity }) =>
    takeUnits(
      backOrdersFirst.filter((hold) => hold.lineId === lineId),
      quantity,
      (hold) => hold.quantity,
    ),
  );
  await endHolds(em, ends, 'released');
  await countCancelled(em, { lines: requested });
}
