import type { Check } from '@ecommerce-dms/validator';
import { cartChecks } from '../cart/checks.ts';
import { catalogRowChecks } from '../catalog/checks.ts';
import { creditChecks } from '../order/credit-checks.ts';
import { editChecks } from '../order/edit-checks.ts';
import { couponChecks } from '../order/redemption-checks.ts';
import { customerChecks } from '../customer/checks.ts';
import { inventoryChecks } from '../fulfilment/stock-checks.ts';
import { maintenanceChecks } from '../maintenance/checks.ts';
import { operationChecks } from '../runtime/checks.ts';
import { orderLineChecks } from '../fulfilment/order-line-checks.ts';
import { orderChecks } from '../order/checks.ts';
import { paymentChecks } from '../payment/checks.ts';
import { returnChecks } from '../fulfilment/return-checks.ts';
import { statusIndexChecks } from './status-index-checks.ts';

/** How long something may wait before a check reports it, and the currencies of the shop. */
export interface ShopCheckOptions {
  /** How long the sweeper may leave a hold after its expiry. Default 15 minutes. */
  holdGraceMs?: number;
  /** How long the sweeper may leave an open cart after its expiry. Default 24 hours. */
  cartGraceMs?: number;
  /** How long a payment's transaction may wait for the provider's answer. Default 1 hour. */
  pendingTransactionMaxAgeMs?: number;
  /**
   * How long a cancelled order may keep money that is authorized or captured, and any other what was credited. Default
   * 1 hour.
   */
  returnMoneyGraceMs?: number;
  /** How long an event may wait in the outbox. Default 15 minutes. */
  outboxMaxAgeMs?: number;
  /** How late a task of the maintenance may be, beside 3 of its intervals. Default 15 minutes. */
  maintenanceGraceMs?: number;
  /** Currencies in which every active variant needs a base price. Default: one price, in any currency. */
  currencies?: readonly string[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const defaults = {
  holdGraceMs: 15 * minuteMs,
  cartGraceMs: 24 * hourMs,
  pendingTransactionMaxAgeMs: hourMs,
  returnMoneyGraceMs: hourMs,
  outboxMaxAgeMs: 15 * minuteMs,
  maintenanceGraceMs: 15 * minuteMs,
  currencies: [] as readonly string[],
} satisfies Required<ShopCheckOptions>;

/**
 * The shop's invariants as checks for the validator: stock, orders, payments, histories, carts, fulfilment, erasure,
 * catalog, and nothing that waits too long. What waits too long is a warning: a sweeper is late, but no rule is broken.
 * The schema itself is checked by the validator's `catalogChecks()` and `driftCheck(ormOptions({ url }))`.
 *
 * @example
 * ```ts
 * import { shopChecks } from '@ecommerce-dms/entities/checks';
 *
 * const checks = shopChecks(); // for `validate` of @ecommerce-dms/validator
 * for (const { id, description } of checks) console.log(id, description);
 * ```
 */
export function shopChecks(options: ShopCheckOptions = {}): Check[] {
  const settings = { ...defaults, ...options };
  return [
    ...orderChecks(settings.returnMoneyGraceMs),
    ...orderLineChecks(),
    ...returnChecks(),
    ...paymentChecks(settings.pendingTransactionMaxAgeMs),
    ...inventoryChecks(settings.holdGraceMs),
    ...cartChecks(settings.cartGraceMs),
    ...couponChecks(),
    ...creditChecks(settings.returnMoneyGraceMs),
    ...editChecks(),
    ...customerChecks(),
    ...catalogRowChecks(settings.currencies),
    ...statusIndexChecks(),
    ...operationChecks(settings.outboxMaxAgeMs),
    ...maintenanceChecks(settings.maintenanceGraceMs),
  ];
}
