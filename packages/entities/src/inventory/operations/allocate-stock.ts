import type { StockShortage } from './out-of-stock.ts';

/** How many units of a variant a line of a cart needs. */
export interface StockDemand {
  lineId: string;
  variantId: string;
  quantity: number;
}

/** How many units of a variant a location can promise. */
export interface StockSupply {
  variantId: string;
  locationId: string;
  available: number;
}

/** Units that are promised to a line from a location. */
export interface Allocation {
  lineId: string;
  variantId: string;
  locationId: string;
  quantity: number;
}

/**
 * Allocates stock to each line: from the location that has most of its variant, and from others only for the rest.
 * Lines of one variant share what there is of it, the first ones first.
 */
export function allocateStock(
  demands: readonly StockDemand[],
  supplies: readonly StockSupply[],
): { allocations: Allocation[]; shortages: StockShortage[] } {
  const allocations: Allocation[] = [];
  const shortages: StockShortage[] = [];
  for (const [variantId, lines] of Map.groupBy(demands, (line) => line.variantId)) {
    const own = supplies
      .filter((supply) => supply.variantId === variantId && supply.available > 0)
      .map(({ locationId, available }) => ({ locationId, left: available }));
    const available = own.reduce((sum, { left }) => sum + left, 0);
    const requested = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (available < requested) {
      shortages.push({ variantId, requested, available });
      continue;
    }
    for (const line of lines) {
      let missing = line.quantity;
      for (const supply of own.toSorted((a, b) => b.left - a.left)) {
        const quantity = Math.min(missing, supply.left);
        if (quantity === 0) break;
        allocations.push({ lineId: line.lineId, variantId, locationId: supply.locationId, quantity });
        supply.left -= quantity;
        missing -= quantity;
      }
    }
  }
  return { allocations, shortages };
}
