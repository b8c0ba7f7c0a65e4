import type { StockShortage } from './out-of-stock.ts';

/** How many units of a variant a cart needs. */
export interface StockDemand {
  variantId: string;
  quantity: number;
}

/** How many units of a variant a location can promise. */
export interface StockSupply {
  variantId: string;
  locationId: string;
  available: number;
}

/** Units that are promised from a location. */
export interface Allocation {
  variantId: string;
  locationId: string;
  quantity: number;
}

/**
 * Allocates stock to each variant: from the location that has most of it, and from others only for the rest. Variants
 * are unique among the demands.
 */
export function allocateStock(
  demands: readonly StockDemand[],
  supplies: readonly StockSupply[],
): { allocations: Allocation[]; shortages: StockShortage[] } {
  const allocations: Allocation[] = [];
  const shortages: StockShortage[] = [];
  for (const { variantId, quantity: requested } of demands) {
    const own = supplies
      .filter((supply) => supply.variantId === variantId && supply.available > 0)
      .toSorted((a, b) => b.available - a.available);
    let missing = requested;
    for (const { locationId, available } of own) {
      const quantity = Math.min(missing, available);
      if (quantity > 0) allocations.push({ variantId, locationId, quantity });
      missing -= quantity;
    }
    if (missing > 0) shortages.push({ variantId, requested, available: requested - missing });
  }
  return { allocations, shortages };
}
