import { UserError } from '@ecommerce-dms/errors';
import type { PriceCalculators } from '../../pricing/basket.ts';
import type { Operation } from '../../runtime/with-retry.ts';
import {
  editOrder,
  type EditedOrder,
  type OrderEditQuote,
  type OrderEditRequest,
  type OrderEditQuoteRequest,
  quoteOrderEdit,
} from './edit-order.ts';

/** The operations that change a placed order, with the taxes of a shop. */
export interface OrderEditOperations {
  /**
   * What {@link OrderEditOperations.editOrder} would do now. Nothing is locked or held, and no stock is looked at.
   *
   * @throws UserError `invalid-input`, `order-not-found`, `variant-not-for-sale`, `nothing-to-edit`, `order-left-empty`
   * @throws UserError `order-not-open`: it is not confirmed, something was shipped, or its buyer was erased
   * @throws UserError `destination-changed`: the address is in another country or region
   * @throws QuantityExceeded `quantity-exceeded`: a line of another order, or units that were credited before
   */
  quoteOrderEdit: Operation<OrderEditQuoteRequest, OrderEditQuote>;
  /**
   * Changes a confirmed order of which nothing was shipped: adds variants, sets the units of lines that are to be shipped
   * (0 removes one), corrects the address. What was ordered keeps its price: fewer units are cancelled, and credited with
   * a credit note; what is more is a line of its own, at the price and with the taxes of today, and its stock is held.
   * Shipping fees and discounts stay. All of it happens in one transaction, or nothing. Then
   * authorize a payment of `dueMinor`: until it is, {@link shipOrder} refuses the order. Who does not want to pay takes
   * the line back by another edit. What was captured above the new total goes back by {@link returnMoney}; what was
   * only authorized is captured less. One key edits once.
   *
   * @throws UserError all of {@link OrderEditOperations.quoteOrderEdit}, and `idempotency-conflict`
   * @throws OrderEditChanged `total-changed`: the order would not cost `expectedTotalMinor`
   * @throws OutOfStock `out-of-stock`: the stock does not cover what is added
   */
  editOrder: Operation<OrderEditRequest, EditedOrder>;
}

/**
 * The edits of orders of a shop, whose lines are taxed by this calculator.
 *
 * @param calculators those of {@link checkoutWith}; the shipping fee of an order stays
 * @throws UserError `invalid-settings`: the calculator is missing, or is not a function
 * @example
 * ```ts
 * const { quoteOrderEdit, editOrder } = orderEditsWith({ tax: noCharges });
 * const changes = [{ variantId, quantity: 1 }, { lineId, quantity: 0 }];
 * const { totalMinor } = await quoteOrderEdit(em, { orderId, changes });
 * const { dueMinor } = await withRetry(em, editOrder, {
 *   idempotencyKey,
 *   orderId,
 *   changes,
 *   expectedTotalMinor: totalMinor, // what the buyer saw
 * });
 * ```
 */
export function orderEditsWith({ tax }: Pick<PriceCalculators, 'tax'>): OrderEditOperations {
  if (typeof tax !== 'function') {
    throw new UserError('invalid-settings', 'orderEditsWith has no calculator of tax.', {
      hint: 'Pass a function, or noCharges where there is nothing to charge.',
    });
  }
  return {
    quoteOrderEdit: (em, input) => quoteOrderEdit(em, input, tax),
    editOrder: (em, input) => editOrder(em, input, tax),
  };
}
