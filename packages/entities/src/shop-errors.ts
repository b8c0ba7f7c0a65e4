import { UserError } from '@ecommerce-dms/errors';

/** What is missing of a variant. */
export interface StockShortage {
  variantId: string;
  requested: number;
  /** What could be promised at that moment, in all active locations. */
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

/** A line whose price is not the one that the customer saw. */
export interface PriceChange {
  variantId: string;
  shownMinor: bigint;
  /** Undefined: it is no longer for sale in the cart's currency. */
  currentMinor: bigint | undefined;
}

/** Prices differ from those of the cart. Code `price-changed`. */
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

/** Too many wrong passwords in a row. Code `account-locked`. */
export class AccountLocked extends UserError {
  override readonly name = 'AccountLocked';
  readonly lockedUntil: Date;

  constructor(lockedUntil: Date) {
    super(
      'account-locked',
      `After too many wrong passwords the account is locked until ${lockedUntil.toISOString()}.`,
      { hint: 'Wait, or ask for a new password.' },
    );
    this.lockedUntil = lockedUntil;
  }
}
