import type { EntityManager } from '@mikro-orm/postgresql';
import { createAttribute, renameAttribute } from '../catalog/operations/create-attribute.ts';
import { createCoupons } from '../promotion/operations/create-coupons.ts';
import { createPromotion } from '../promotion/operations/create-promotion.ts';
import { listPromotions } from '../promotion/operations/list-promotions.ts';
import { endPromotion, updatePromotion } from '../promotion/operations/update-promotion.ts';
import { createProduct } from '../catalog/operations/create-product.ts';
import { createVariant } from '../catalog/operations/create-variant.ts';
import { findPrices } from '../catalog/operations/find-prices.ts';
import { getProduct } from '../catalog/operations/get-product.ts';
import { getProductToEdit } from '../catalog/operations/get-product-to-edit.ts';
import { loadTaxRates } from '../catalog/operations/load-tax-rates.ts';
import {
  createCategory,
  deleteCategory,
  moveCategory,
  updateCategory,
} from '../catalog/operations/manage-categories.ts';
import { addMedia, removeMedia, reorderMedia, updateMedia } from '../catalog/operations/manage-media.ts';
import { addOption, removeOption, renameOption } from '../catalog/operations/manage-options.ts';
import { endTaxRate, setTaxRate } from '../catalog/operations/manage-tax-rates.ts';
import { setProductCategories } from '../catalog/operations/set-product-categories.ts';
import { setTaxIncluded } from '../catalog/operations/set-tax-included.ts';
import { updateProduct } from '../catalog/operations/update-product.ts';
import { updateVariant } from '../catalog/operations/update-variant.ts';
import { createPriceList, endPriceList } from '../catalog/operations/manage-price-lists.ts';
import { searchProducts } from '../catalog/operations/search-products.ts';
import { setProductAttributes, setVariantAttributes } from '../catalog/operations/set-attributes.ts';
import { setPrice } from '../catalog/operations/set-price.ts';
import { softDeleteProduct, softDeleteVariant } from '../catalog/operations/soft-delete.ts';
import { addToCart } from '../cart/operations/add-to-cart.ts';
import { applyCoupon, removeCoupon } from '../cart/operations/apply-coupon.ts';
import { expireCarts } from '../cart/operations/expire-carts.ts';
import { getCart } from '../cart/operations/get-cart.ts';
import { mergeCarts } from '../cart/operations/merge-carts.ts';
import { openCart } from '../cart/operations/open-cart.ts';
import { refreshCart } from '../cart/operations/refresh-cart.ts';
import { setCartCurrency } from '../cart/operations/set-cart-currency.ts';
import { setCartPriceList } from '../cart/operations/set-cart-price-list.ts';
import { removeCartLine, updateCartLine } from '../cart/operations/update-cart-line.ts';
import { addAddress, changeAddress, removeAddress } from '../customer/operations/address-book.ts';
import { changePassword } from '../customer/operations/change-password.ts';
import { erasePerson } from '../customer/operations/erase-person.ts';
import { exportPerson } from '../customer/operations/export-person.ts';
import { linkIdentity, logInWithIdentity, unlinkIdentity } from '../customer/operations/identity.ts';
import { logIn } from '../customer/operations/log-in.ts';
import { registerCustomer } from '../customer/operations/register-customer.ts';
import { removeExpiredTokens } from '../customer/operations/remove-expired-tokens.ts';
import { requestPasswordReset, resetPassword } from '../customer/operations/reset-password.ts';
import { findSession, logOut, logOutEverywhere } from '../customer/operations/session.ts';
import { updateProfile } from '../customer/operations/update-profile.ts';
import { requestEmailVerification, verifyEmail } from '../customer/operations/verify-email.ts';
import { cancelLines } from '../fulfilment/operations/cancel-lines.ts';
import { cancelOrder } from '../fulfilment/operations/cancel-order.ts';
import { approveReturn, cancelReturn, declineReturn } from '../fulfilment/operations/decide-return.ts';
import { deliverShipment } from '../fulfilment/operations/deliver-shipment.ts';
import { expireHolds } from '../fulfilment/operations/expire-holds.ts';
import { listReturns } from '../fulfilment/operations/list-returns.ts';
import { moveHold } from '../fulfilment/operations/move-hold.ts';
import { receiveReturn } from '../fulfilment/operations/receive-return.ts';
import { requestReturn } from '../fulfilment/operations/request-return.ts';
import { returnLines } from '../fulfilment/operations/return-lines.ts';
import { shipOrder } from '../fulfilment/operations/ship-order.ts';
import { adjustStock } from '../inventory/operations/adjust-stock.ts';
import { createLocation, updateLocation } from '../inventory/operations/manage-locations.ts';
import { receiveStock } from '../inventory/operations/receive-stock.ts';
import { setBackorderLimit } from '../inventory/operations/set-backorder-limit.ts';
import { transferStock } from '../inventory/operations/transfer-stock.ts';
import type { MaintenanceOptions } from '../maintenance/maintenance-options.ts';
import { maintain } from '../maintenance/operations/maintain.ts';
import { checkoutWith } from '../order/operations/checkout-with.ts';
import { confirmOrder } from '../order/operations/confirm-order.ts';
import { listCreditNotes } from '../order/operations/list-credit-notes.ts';
import { searchOrders } from '../order/operations/search-orders.ts';
import { setMetadata } from '../order/operations/set-metadata.ts';
import { taxBreakdown } from '../order/operations/tax-breakdown.ts';
import { authorizePayment } from '../payment/operations/authorize-payment.ts';
import { capturePayment } from '../payment/operations/capture-payment.ts';
import { dismissExternal } from '../payment/operations/dismiss-external.ts';
import { getOrder } from '../payment/operations/get-order.ts';
import { orderEditsWith } from '../payment/operations/order-edits-with.ts';
import { handleWebhook } from '../payment/operations/handle-webhook.ts';
import { proposeRefund } from '../payment/operations/propose-refund.ts';
import { reauthorizePayment } from '../payment/operations/reauthorize-payment.ts';
import { reconcilePayments } from '../payment/operations/reconcile-payments.ts';
import { refundOrder } from '../payment/operations/refund-order.ts';
import { refundPayment } from '../payment/operations/refund-payment.ts';
import { refundReturn } from '../payment/operations/refund-return.ts';
import { returnMoney } from '../payment/operations/return-money.ts';
import { sweepPendingTransactions } from '../payment/operations/sweep-pending-transactions.ts';
import { voidPayment } from '../payment/operations/void-payment.ts';
import { recordAudit } from '../runtime/audit.ts';
import { relayOutbox } from '../runtime/relay-outbox.ts';
import { removeExpiredKeys } from '../runtime/remove-expired-keys.ts';
import { listSetAsideEvents, replayEvent, skipEvent } from '../runtime/set-aside-events.ts';
import { type BoundTable, read, repeatable, write } from './bind-operations.ts';
import type { ParsedShopSettings } from './shop-settings.ts';
import { withProviders } from './with-providers.ts';

/**
 * The operations of a shop, by domain: a new one is one line. `repeatable` are those that do no harm when they run a
 * second time, and return the same.
 */
export function shopOperations({
  payments,
  shipping,
  tax,
}: Pick<ParsedShopSettings, 'payments' | 'shipping' | 'tax'>) {
  const { quoteCart, checkout } = checkoutWith({ shipping, tax });
  const { quoteOrderEdit, editOrder } = orderEditsWith({ tax });
  const { byName, byPayment, byEach, byAll } = withProviders(payments);
  return {
    catalog: {
      search: read(searchProducts),
      product: read(getProduct),
      prices: read(findPrices),
      productToEdit: read(getProductToEdit),
      taxRates: read((em: EntityManager, _none?: undefined) => loadTaxRates(em), loadTaxRates),
      createProduct: write(createProduct),
      updateProduct: write(updateProduct),
      createVariant: write(createVariant),
      updateVariant: write(updateVariant),
      addOption: write(addOption),
      renameOption: write(renameOption),
      removeOption: write(removeOption),
      addMedia: write(addMedia),
      updateMedia: write(updateMedia),
      reorderMedia: write(reorderMedia),
      removeMedia: write(removeMedia),
      createCategory: write(createCategory),
      updateCategory: write(updateCategory),
      moveCategory: write(moveCategory),
      deleteCategory: write(deleteCategory),
      setProductCategories: write(setProductCategories),
      createAttribute: write(createAttribute),
      renameAttribute: write(renameAttribute),
      setProductAttributes: repeatable(setProductAttributes),
      setVariantAttributes: repeatable(setVariantAttributes),
      createPriceList: write(createPriceList),
      endPriceList: write(endPriceList),
      setPrice: write(setPrice),
      setTaxIncluded: write(setTaxIncluded),
      setTaxRate: write(setTaxRate),
      endTaxRate: write(endTaxRate),
      deleteProduct: write(softDeleteProduct),
      deleteVariant: write(softDeleteVariant),
    },
    customers: {
      register: write(registerCustomer),
      update: repeatable(updateProfile),
      logIn: repeatable(logIn),
      logInWithIdentity: repeatable(logInWithIdentity),
      linkIdentity: write(linkIdentity),
      unlinkIdentity: write(unlinkIdentity),
      // On the writer: a session that has ended must not live on where the reader is behind.
      session: repeatable(findSession),
      logOut: repeatable(logOut),
      logOutEverywhere: repeatable(logOutEverywhere),
      changePassword: write(changePassword),
      requestPasswordReset: repeatable(requestPasswordReset),
      resetPassword: write(resetPassword),
      requestEmailVerification: repeatable(requestEmailVerification),
      verifyEmail: write(verifyEmail),
      addAddress: write(addAddress),
      changeAddress: repeatable(changeAddress),
      removeAddress: write(removeAddress),
      export: read(exportPerson),
      erase: write(erasePerson),
    },
    carts: {
      get: read(getCart),
      open: write(openCart),
      add: write(addToCart),
      update: repeatable(updateCartLine),
      remove: write(removeCartLine),
      merge: write(mergeCarts),
      setCurrency: write(setCartCurrency),
      setPriceList: write(setCartPriceList),
      refresh: write(refreshCart),
      applyCoupon: repeatable(applyCoupon),
      removeCoupon: write(removeCoupon),
      quote: read(quoteCart),
    },
    promotions: {
      list: read(listPromotions),
      create: write(createPromotion),
      update: repeatable(updatePromotion),
      end: write(endPromotion),
      createCoupons: write(createCoupons),
    },
    checkout: write(checkout),
    orders: {
      get: read(getOrder),
      search: read(searchOrders),
      taxes: read(taxBreakdown),
      confirm: repeatable(confirmOrder),
      cancel: repeatable(cancelOrder),
      cancelLines: write(cancelLines),
      quoteEdit: read(quoteOrderEdit),
      edit: write(editOrder),
      ship: write(shipOrder),
      deliver: repeatable(deliverShipment),
      return: write(returnLines),
      returnMoney: repeatable(byEach(returnMoney), returnMoney),
      proposeRefund: read(proposeRefund),
      refund: write(byAll(refundOrder), refundOrder),
      creditNotes: read(listCreditNotes),
    },
    returns: {
      list: read(listReturns),
      request: write(requestReturn),
      approve: repeatable(approveReturn),
      decline: repeatable(declineReturn),
      cancel: repeatable(cancelReturn),
      receive: write(receiveReturn),
      refund: write(byAll(refundReturn), refundReturn),
    },
    payments: {
      authorize: write(byName(authorizePayment), authorizePayment),
      capture: write(byPayment(capturePayment), capturePayment),
      reauthorize: write(byPayment(reauthorizePayment), reauthorizePayment),
      refund: write(byPayment(refundPayment), refundPayment),
      dismiss: write(dismissExternal),
      void: write(byPayment(voidPayment), voidPayment),
      handleWebhook: repeatable(byName(handleWebhook), handleWebhook),
      sweep: repeatable(byEach(sweepPendingTransactions), sweepPendingTransactions),
      // On the writer: what a reader has not replayed yet would be a difference.
      reconcile: repeatable(reconcilePayments),
    },
    stock: {
      receive: write(receiveStock),
      adjust: write(adjustStock),
      transfer: write(transferStock),
      moveHold: write(moveHold),
      setBackorderLimit: write(setBackorderLimit),
      createLocation: write(createLocation),
      updateLocation: write(updateLocation),
      expireHolds: repeatable(expireHolds),
    },
    setMetadata: repeatable(setMetadata),
    events: {
      relay: write(relayOutbox),
      listSetAside: read(listSetAsideEvents),
      replay: write(replayEvent),
      skip: write(skipEvent),
    },
    housekeeping: {
      maintain: repeatable(
        (em: EntityManager, options?: Omit<MaintenanceOptions, 'payments'>) =>
          maintain(em, { ...Object(options), payments: [...payments] }),
        maintain,
      ),
      expireCarts: repeatable(expireCarts),
      removeExpiredKeys: repeatable(removeExpiredKeys),
      removeExpiredTokens: repeatable(removeExpiredTokens),
      recordAudit: write(recordAudit),
    },
  };
}

/** The bound operations of a shop. */
export type ShopOperations = BoundTable<ReturnType<typeof shopOperations>>;
