export { entities } from './entities.ts';
export { ormOptions, type OrmSettings } from './orm-options.ts';
export { Cart, CartLine } from './cart/cart.ts';
export { Attribute, type AttributeValue, ProductAttribute } from './catalog/attribute.ts';
export { Category } from './catalog/category.ts';
export { Currency } from './catalog/currency.ts';
export { Price, PriceList } from './catalog/price.ts';
export { Product, ProductCategory, ProductMedia, ProductVariant } from './catalog/product.ts';
export { CustomerToken } from './customer/customer-token.ts';
export { Customer, CustomerAddress, CustomerCredential } from './customer/customer.ts';
export { StockLevel } from './inventory/stock-level.ts';
export { StockLocation } from './inventory/stock-location.ts';
export { StockMovement } from './inventory/stock-movement.ts';
export { StockReservation } from './inventory/stock-reservation.ts';
export { AuditLog } from './operations/audit-log.ts';
export { IdempotencyKey } from './operations/idempotency-key.ts';
export { OutboxEvent } from './operations/outbox-event.ts';
export { OutboxLease } from './operations/outbox-lease.ts';
export { OrderAddress } from './order/order-address.ts';
export { OrderAdjustment } from './order/order-adjustment.ts';
export { OrderLine } from './order/order-line.ts';
export { OrderStatusHistory } from './order/order-status-history.ts';
export { SalesOrder } from './order/sales-order.ts';
export { Shipment } from './order/shipment.ts';
export { StatusTransition } from './order/status-transition.ts';
export { Payment, PaymentTransaction } from './payment/payment.ts';
export { CartCoupon, Coupon, CouponRedemption } from './promotion/coupon.ts';
export { Promotion } from './promotion/promotion.ts';
export { type AttributeCreation, createAttribute } from './catalog/create-attribute.ts';
export { findPrices, type FoundPrice, type PriceRequest } from './catalog/find-prices.ts';
export {
  getProduct,
  type PageAttribute,
  type ProductOnPage,
  type ProductRequest,
  type VariantOnPage,
} from './catalog/get-product.ts';
export {
  type CategoryCreation,
  createCategory,
  moveCategory,
  type PlacedCategory,
} from './catalog/manage-categories.ts';
export { createPriceList, endPriceList, type PriceListCreation } from './catalog/manage-price-lists.ts';
export { PriceOverlap, type Pricing, setPrice } from './catalog/set-price.ts';
export {
  type AttributeAssignment,
  setProductAttributes,
  setVariantAttributes,
  type VariantAttributeAssignment,
} from './catalog/set-attributes.ts';
export { softDeleteProduct, softDeleteVariant } from './catalog/soft-delete.ts';
export type { SearchFacets } from './catalog/search-facets.ts';
export type { ProductSearch } from './catalog/search-input.ts';
export { type FoundProduct, type ProductPage, searchProducts } from './catalog/search-products.ts';
export { type ListedOrder, listOrders, type OrderListing, type OrderPage } from './order/list-orders.ts';
export { addToCart, type CartAddition, type CartLineState } from './cart/add-to-cart.ts';
export { expireCarts } from './cart/expire-carts.ts';
export { type CartMerger, mergeCarts, type MergedCarts } from './cart/merge-carts.ts';
export { type CartOpening, openCart, type OpenedCart } from './cart/open-cart.ts';
export { type CartQuote, quoteCart, type QuoteRequest } from './cart/quote-cart.ts';
export { type CartChanges, refreshCart } from './cart/refresh-cart.ts';
export { type CartPriceList, setCartPriceList } from './cart/set-cart-price-list.ts';
export {
  type CartLineRemoval,
  type CartLineUpdate,
  removeCartLine,
  updateCartLine,
} from './cart/update-cart-line.ts';
export { allocateAmount, type AmountShare } from './money/allocate-amount.ts';
export { roundedQuotient, shareOf, toMinorUnits } from './money/minor-units.ts';
export type {
  Adjustment,
  Basket,
  BasketLine,
  Charge,
  Destination,
  PriceCalculators,
  PricedLine,
  ShippingCalculator,
  TaxCalculator,
} from './order/basket.ts';
export { type PricedBasket, priceBasket, type Totals, type UnpricedBasket } from './order/price-basket.ts';
export type { CheckoutLine } from './order/price-cart.ts';
export { taxByRegion, type TaxRate } from './order/tax-by-region.ts';
export {
  applyCoupon,
  type AppliedCoupon,
  type CouponApplication,
  removeCoupon,
} from './promotion/apply-coupon.ts';
export { type CouponRefusal, CouponRefused } from './promotion/coupon-refused.ts';
export {
  addAddress,
  changeAddress,
  type ChangedAddress,
  type NewAddress,
  removeAddress,
} from './customer/address-book.ts';
export { changePassword, type PasswordChange } from './customer/change-password.ts';
export { type Erasure, erasePerson } from './customer/erase-person.ts';
export { exportPerson } from './customer/export-person.ts';
export { type IdentityLink, linkIdentity, logInWithIdentity, unlinkIdentity } from './customer/identity.ts';
export type { IssuedToken } from './customer/issue-token.ts';
export { type Credentials, logIn } from './customer/log-in.ts';
export { hashPassword, verifyPassword } from './customer/password-hash.ts';
export type { Person } from './customer/person-input.ts';
export type { PersonalData } from './customer/personal-data.ts';
export { registerCustomer, type Registration } from './customer/register-customer.ts';
export { removeExpiredTokens } from './customer/remove-expired-tokens.ts';
export { requestPasswordReset, resetPassword } from './customer/reset-password.ts';
export { findSession, logOut, logOutEverywhere, type Session } from './customer/session.ts';
export { type Profile, type ProfileUpdate, updateProfile } from './customer/update-profile.ts';
export { requestEmailVerification, verifyEmail } from './customer/verify-email.ts';
export { expireHolds } from './inventory/expire-holds.ts';
export { type ReceivedLevel, receiveStock, type StockReceipt } from './inventory/receive-stock.ts';
export { type CancelledLines, cancelLines, type LineCancellation } from './order/cancel-lines.ts';
export { cancelOrder, type CancelledOrder, type PaymentToReturn } from './order/cancel-order.ts';
export { confirmOrder } from './order/confirm-order.ts';
export { deliverShipment } from './order/deliver-shipment.ts';
export { IllegalTransition, type LineExcess, NothingToShip, QuantityExceeded } from './order/order-errors.ts';
export { type ReturnedGoods, returnLines } from './order/return-lines.ts';
export { type ShippedOrder, type ShippingRequest, shipOrder } from './order/ship-order.ts';
export { authorizePayment, type PaymentAuthorization } from './payment/authorize-payment.ts';
export { capturePayment } from './payment/capture-payment.ts';
export type { PaymentChange } from './payment/change-payment.ts';
export { handleWebhook, type PaymentWebhook } from './payment/handle-webhook.ts';
export {
  AmountExceeds,
  type AmountLimit,
  PaymentDeclined,
  PaymentOutcomeUnknown,
} from './payment/payment-errors.ts';
export type { PaymentProvider, ProviderAnswer, ProviderRequest } from './payment/payment-provider.ts';
export type { PaymentState } from './payment/payment-state.ts';
export { refundPayment } from './payment/refund-payment.ts';
export { returnMoney } from './payment/return-money.ts';
export {
  type SweepOptions,
  sweepPendingTransactions,
  type SweepReport,
} from './payment/sweep-pending-transactions.ts';
export { voidPayment } from './payment/void-payment.ts';
export { checkout, type PlacedOrder } from './order/checkout.ts';
export type { CheckoutRequest } from './order/checkout-request.ts';
export {
  AccountLocked,
  OutOfStock,
  PriceChanged,
  type PriceChange,
  type StockShortage,
} from './shop-errors.ts';
export { withRetry, type Operation, type RetryOptions } from './operations/with-retry.ts';
export type { EventHandler } from './operations/deliver-event.ts';
export type { RelayedEvent } from './operations/relayed-event.ts';
export { relayOutbox, type RelayedBatch, type RelayOptions } from './operations/relay-outbox.ts';
export {
  listSetAsideEvents,
  replayEvent,
  type SetAsideEvent,
  skipEvent,
} from './operations/set-aside-events.ts';
export { actingAs } from './operations/acting-as.ts';
export { type AuditEntry, type AuditRotation, recordAudit, rotateAuditLog } from './operations/audit.ts';
export { commitLsn, onReader, type ReadOptions } from './operations/on-reader.ts';
export { removeExpiredKeys } from './operations/remove-expired-keys.ts';
