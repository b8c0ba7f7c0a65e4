import type { Hold, HoldEnd } from './holds.ts';
import type { StockShortage } from '../../inventory/operations/out-of-stock.ts';
import type { LineQuantity } from './line-quantities.ts';

/** What leaves: units of holds, as far as they are on hand; and what is missing. */
export interface ShipmentAllocation {
  ends: HoldEnd[];
  shortages: StockShortage[];
}

/** Which holds the units of each line are taken from: those of the location first that has most of the variant. */
export function allocateShipment(lines: readonly LineQuantity[], holds: readonly Hold[]): ShipmentAllocation {
  const ends: HoldEnd[] = [];
  const shortages: StockShortage[] = [];
  const taken = new Map<string, number>();
  for (const { lineId, quantity: requested } of lines) {
    const own = holds.filter((hold) => hold.lineId === lineId).toSorted((a, b) => b.onHand - a.onHand);
    let missing = requested;
    for (const hold of own) {
      const level = `${hold.variantId} ${hold.locationId}`;
      const there = hold.onHand - (taken.get(level) ?? 0);
      const units = Math.min(missing, hold.quantity, there);
      if (units <= 0) continue;
      ends.push({ ...hold, units });
      taken.set(level, (taken.get(level) ?? 0) + units);
      missing -= units;
    }
    if (missing > 0) {
      shortages.push({ variantId: own[0]?.variantId ?? lineId, requested, available: requested - missing });
    }
  }
  return { ends, shortages };
}
