import { UserError } from '@ecommerce-dms/errors';

/** A change of status that the state machine does not have. Code `illegal-transition`. */
export class IllegalTransition extends UserError {
  override readonly name = 'IllegalTransition';
  /** The table: `sales_order`, `shipment`, `payment`. */
  readonly machine: string;
  /** Its status, or what stands against the change: `being captured`. */
  readonly from: string;
  readonly to: string;

  constructor(machine: string, id: string, { from, to }: { from: string; to: string }) {
    super('illegal-transition', `${machine} ${id} is ${from}: it can't become ${to}.`, {
      hint: 'Read its status again: somebody else may have been faster.',
    });
    this.machine = machine;
    this.from = from;
    this.to = to;
  }
}

/** Nothing of the order is left to ship, or none of it is there. Code `nothing-to-ship`. */
export class NothingToShip extends UserError {
  override readonly name = 'NothingToShip';

  constructor(orderId: string) {
    super('nothing-to-ship', `Order ${orderId} has nothing that could be shipped now.`, {
      hint: 'All of it was shipped or cancelled, or it waits for stock: receive it first.',
    });
  }
}

/** What was asked for of a line, and what the line allows. */
export interface LineExcess {
  lineId: string;
  requested: number;
  /** 0 for a line that is not the order's. */
  available: number;
}

/** More units of a line than are left of it. Code `quantity-exceeded`. */
export class QuantityExceeded extends UserError {
  override readonly name = 'QuantityExceeded';
  readonly lines: LineExcess[];

  constructor(what: 'ship' | 'cancel' | 'return', lines: LineExcess[]) {
    const list = lines.map((line) => `${line.lineId}: ${line.available} of ${line.requested}`);
    super('quantity-exceeded', `Too many units to ${what} of ${list.join('; ')}.`, {
      hint: 'Read the order again, and reduce the quantities.',
    });
    this.lines = lines;
  }
}
