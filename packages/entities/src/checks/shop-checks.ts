import type { Check } from '@ecommerce-dms/validator';
import { cartChecks } from '../cart/checks.ts';
import { catalogRowChecks } from '../catalog/checks.ts';
import { couponChecks } from '../order/redemption-checks.ts';
import { customerChecks } from '../customer/checks.ts';
import { inventoryChecks } from '../fulfilment/stock-checks.ts';
import { operationChecks } from '../runtime/checks.ts';
import { DEFAULTS, type ShopCheckOptions } from './options.ts';
import { orderLineChecks } from '../fulfilment/order-line-checks.ts';
import { orderChecks } from '../order/checks.ts';
import { paymentChecks } from '../payment/checks.ts';

/**
 * The shop's invariants as checks for the validator: stock, orders, payments, histories, carts, fulfilment, erasure,
 * catalog, and nothing that waits too long. What has waited too long is a warning: a sweeper is late, no rule is
 * broken. The catalog's own state is for the validator's `catalogChecks()` and `driftCheck(ormOptions({ url }))`.
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
  const settings = { ...DEFAULTS, ...options };
  return [
    ...orderChecks(settings.returnMoneyGraceMs),
    ...orderLineChecks(),
    ...paymentChecks(settings.pendingTransactionMaxAgeMs),
    ...inventoryChecks(settings.holdGraceMs),
    ...cartChecks(settings.cartGraceMs),
    ...couponChecks(),
    ...customerChecks(),
    ...catalogRowChecks(settings.currencies),
    ...operationChecks(settings.outboxMaxAgeMs),
  ];
}
