/** A row of stock_level. */
export interface StockLevel {
  onHand: number;
  reserved: number;
  backorderLimit: number;
}

/** What the file says about the stock of a variant, and what imports have added so far. */
export interface StockStatement {
  /** The quantity in the file; undefined leaves the stock as it is. */
  quantity: number | undefined;
  /** The sum of the movements of imports: the quantity of the last import. */
  importedQuantity: number;
  /** Undefined leaves the backorder limit as it is. */
  backorder: boolean | undefined;
}

/** The limit of an unlimited backorder: `on_hand` plus the limit still fits an `integer`. */
export const unlimitedBackorder = 1_000_000_000;

/**
 * Computes the level after an import.
 *
 * The quantity in the file is compared with that of the last import, and the difference is applied to the present
 * level: sales, receipts and counts in between remain. Stock that is sold or reserved cannot be taken away: then
 * `short` units of a reduction remain, which the next import takes if there is stock again.
 */
export function planStock(level: StockLevel, statement: StockStatement): StockLevel & { short: number } {
  const { quantity, importedQuantity, backorder } = statement;
  const policyLimit = backorder === undefined ? level.backorderLimit : backorder ? unlimitedBackorder : 0;
  const wanted = level.onHand + (quantity === undefined ? 0 : quantity - importedQuantity);
  const least = Math.min(level.onHand, Math.max(0, level.reserved - policyLimit));
  const onHand = Math.max(wanted, least);
  // Reservations made under the former policy are kept.
  const backorderLimit = Math.max(policyLimit, level.reserved - onHand);
  return { onHand, reserved: level.reserved, backorderLimit, short: onHand - wanted };
}
