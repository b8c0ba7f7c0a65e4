import { UserError } from '@ecommerce-dms/errors';

/** Nothing of the order is left to ship, or nothing of it is on hand. Code `nothing-to-ship`. */
export class NothingToShip extends UserError {
  override readonly name = 'NothingToShip';

  constructor(orderId: string) {
    super('nothing-to-ship', `Order ${orderId} has nothing that can be shipped now.`, {
      hint: 'All of it was shipped or cancelled, or it is on back order: receive the stock first.',
    });
  }
}

/** What was asked for of a line, and what the line allows. */
export interface LineExcess {
  lineId: string;
  requested: number;
  /** 0 for a line of another order. */
  available: number;
}

/** More units of a line than are left of it. Code `quantity-exceeded`. */
export class QuantityExceeded extends UserError {
  override readonly name = 'QuantityExceeded';
  readonly lines: LineExcess[];

  constructor(what: 'ship' | 'cancel' | 'return' | 'refund', lines: LineExcess[]) {
    const list = lines.map((line) => `${line.lineId}: ${line.requested} requested, ${line.available} left`);
    super('quantity-exceeded', `Too many units to ${what}: ${list.join('; ')}.`, {
      hint: 'Read the order again, and reduce the quantities.',
    });
    this.lines = lines;
  }
}
