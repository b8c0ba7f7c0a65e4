import { UserError } from '@ecommerce-dms/errors';

/** A line whose price is no longer the one that the customer saw. */
export interface PriceChange {
  lineId: string;
  variantId: string;
  shownMinor: bigint;
  /** Undefined: it is no longer for sale in the cart's currency. */
  currentMinor: bigint | undefined;
}

/** Current prices differ from those that the customer saw. Code `price-changed`. */
export class PriceChanged extends UserError {
  override readonly name = 'PriceChanged';
  readonly lines: PriceChange[];

  constructor(lines: PriceChange[]) {
    const list = lines.map(
      (line) => `${line.variantId}: ${line.shownMinor}, now ${line.currentMinor ?? 'not for sale'}`,
    );
    super('price-changed', `Prices have changed: ${list.join('; ')}.`, {
      hint: 'Show the cart again, with the current prices, and let the customer confirm.',
    });
    this.lines = lines;
  }
}
