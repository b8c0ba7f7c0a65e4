import type { PlacedOrder } from '@ecommerce-dms/entities';
import { isUserError } from '@ecommerce-dms/errors';

/** Tables of what was acknowledged by its id. */
export type Acknowledged =
  | 'cart'
  | 'credit_note'
  | 'customer'
  | 'order_line'
  | 'payment'
  | 'product'
  | 'promotion'
  | 'return_request'
  | 'shipment';

/** Refusals that no client should get: it did nothing wrong. */
const faults = new Set([
  'idempotency-conflict',
  'internal',
  'invalid-input',
  'payment-outcome-conflict',
  'payment-provider-mismatch',
  'transaction-open',
]);

/** What a client can't know beforehand: an order that is not pending any more needs an amount. */
const excused = 'authorizePayment invalid-input';

/** What the clients were told. */
export class Tally {
  operations = 0;
  /** How often each operation was called. */
  readonly called: Record<string, number> = {};
  /** Refusals by the shop's rules: how often each code. */
  readonly refused: Record<string, number> = {};
  /** Errors that no client should see: deadlocks, lost connections... */
  readonly unexpected: string[] = [];
  /** One key that was answered in two ways. */
  readonly contradictions: string[] = [];
  /** The orders that were acknowledged to a client. */
  readonly placed: (PlacedOrder & { cartId: string })[] = [];
  readonly acknowledged = new Map<Acknowledged, Set<string>>();

  /** What acknowledged edits have added to orders, in minor units. */
  readonly addedMinor = new Map<string, bigint>();

  /** Orders with a payment that is taken at once, whatever other attempts there are. */
  readonly paidAtOnce = new Set<string>();

  /**
   * Counts an operation, and what became of it; undefined when it was refused.
   *
   * @throws UserError `database-unavailable`: the servers did not come back, so that nothing more can be found out
   */
  async done<Result>(name: string, operation: () => Promise<Result>): Promise<Result | undefined> {
    this.operations += 1;
    this.called[name] = (this.called[name] ?? 0) + 1;
    try {
      return await operation();
    } catch (error) {
      if (isUserError(error) && error.code === 'database-unavailable') throw error;
      this.#note(name, error);
      return undefined;
    }
  }

  acknowledge(table: Acknowledged, id: string): void {
    const ids = this.acknowledged.get(table) ?? new Set();
    this.acknowledged.set(table, ids.add(id));
  }

  acknowledgeEdit(orderId: string, addedMinor: bigint): void {
    this.addedMinor.set(orderId, (this.addedMinor.get(orderId) ?? 0n) + addedMinor);
  }

  #note(name: string, error: unknown): void {
    const isRefusal =
      isUserError(error) &&
      !error.code.startsWith('database-') &&
      (!faults.has(error.code) || `${name} ${error.code}` === excused);
    if (isRefusal) {
      this.refused[error.code] = (this.refused[error.code] ?? 0) + 1;
    } else {
      this.unexpected.push(`${name}: ${String(error)}`);
    }
  }
}
