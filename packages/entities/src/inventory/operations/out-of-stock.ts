import { UserError } from '@ecommerce-dms/errors';

/** A variant whose stock is too small. */
export interface StockShortage {
  variantId: string;
  requested: number;
  /** How many units could be promised at that moment, in all active locations. */
  available: number;
}

/** The stock does not cover the lines. Code `out-of-stock`. */
export class OutOfStock extends UserError {
  override readonly name = 'OutOfStock';
  readonly lines: StockShortage[];

  constructor(lines: StockShortage[]) {
    const list = lines.map((line) => `${line.variantId}: ${line.available} of ${line.requested}`);
    super('out-of-stock', `Not enough stock of ${list.join('; ')}.`, { hint: 'Reduce the quantities.' });
    this.lines = lines;
  }
}
