/** A row of stock_level. */
export interface StockLevel {
  onHand: number;
  reserved: number;
  backorderLimit: number;
}

/** What the file says of a variant's stock, and what imports have put there so far. */
export interface StockStatement {
  /** The file's quantity; undefined leaves the stock as it is. */
  quantity: number | undefined;
  /** The sum of the movements that imports have written: the quantity of the last import. */
  importedQuantity: number;
  /** Undefined leaves the backorder limit as it is. */
  backorder: boolean | undefined;
}

/** The limit of "goes on selling": on_hand and limit together still fit an `integer`. */
export const unlimitedBackorder = 1_000_000_000;

/**
 * The level after an import.
 *
 * The file's quantity is compared with that of the last import, and the difference is applied to what is there now:
 * what was sold, received or counted in between stays. Stock that is sold or promised to a customer can't be taken
 * away: then `short` units of a reduction are left, which the next import takes if there is stock again.
 */
export function planStock(level: StockLevel, statement: StockStatement): StockLevel & { short: number } {
  const { quantity, importedQuantity, backorder } = statement;
  const policyLimit = backorder === undefined ? level.backorderLimit : backorder ? unlimitedBackorder : 0;
  const wanted = level.onHand + (quantity === undefined ? 0 : quantity - importedQuantity);
  const least = Math.min(level.onHand, Math.max(0, level.reserved - policyLimit));
  const onHand = Math.max(wanted, least);
  // Promises of a policy that has ended are kept.
  const backorderLimit = Math.max(policyLimit, level.reserved - onHand);
  return { onHand, reserved: level.reserved, backorderLimit, short: onHand - wanted };
}
