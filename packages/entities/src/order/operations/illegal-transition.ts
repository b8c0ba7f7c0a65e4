import { UserError } from '@ecommerce-dms/errors';

/** A change of status that the state machine does not allow. Code `illegal-transition`. */
export class IllegalTransition extends UserError {
  override readonly name = 'IllegalTransition';
  /** The table: `sales_order`, `shipment`, `payment`. */
  readonly machine: string;
  /** Its status, or what else rules out the change, such as `being captured`. */
  readonly from: string;
  readonly to: string;

  constructor(machine: string, id: string, { from, to }: { from: string; to: string }) {
    super('illegal-transition', `${machine} ${id} is ${from}: it can't become ${to}.`, {
      hint: 'Read its status again: another session may have changed it.',
    });
    this.machine = machine;
    this.from = from;
    this.to = to;
  }
}
