export { entities } from './entities.ts';
export { ormOptions, type OrmSettings } from './orm-options.ts';
export { Cart, CartLine } from './cart/cart.ts';
export { Attribute, type AttributeValue, ProductAttribute } from './catalog/attribute.ts';
export { Category } from './catalog/category.ts';
export { Currency } from './catalog/currency.ts';
export { Price, PriceList } from './catalog/price.ts';
export { TaxRateRow } from './catalog/tax-rate.ts';
export { Product, ProductCategory, ProductMedia, ProductVariant } from './catalog/product.ts';
export { CustomerToken } from './customer/customer-token.ts';
export { Customer, CustomerAddress, CustomerCredential } from './customer/customer.ts';
export { StockLevel } from './inventory/stock-level.ts';
export { StockLocation } from './inventory/stock-location.ts';
export { StockMovement } from './fulfilment/stock-movement.ts';
export { StockReservation } from './fulfilment/stock-reservation.ts';
export { AuditLog } from './runtime/audit-log.ts';
export { IdempotencyKey } from './runtime/idempotency-key.ts';
export { OutboxEvent } from './runtime/outbox-event.ts';
export { OutboxLease } from './runtime/outbox-lease.ts';
export { MaintenanceRun } from './maintenance/maintenance-run.ts';
export { CreditNote, CreditNoteLine, CreditNoteTax, OrderCredit } from './order/credit-note.ts';
export { OrderEdit } from './order/order-edit.ts';
export { OrderAddress } from './order/order-address.ts';
export { OrderAdjustment } from './order/order-adjustment.ts';
export { OrderLine } from './order/order-line.ts';
export { OrderStatusHistory } from './order/order-status-history.ts';
export { SalesOrder } from './order/sales-order.ts';
export { ReturnRequest, ReturnRequestLine } from './fulfilment/return-request.ts';
export { Shipment } from './fulfilment/shipment.ts';
export { StatusTransition } from './runtime/status-transition.ts';
export { Payment, PaymentTransaction } from './payment/payment.ts';
export { CustomerOpenCart } from './cart/customer-open-cart.ts';
export { StatusIndex } from './runtime/status-index.ts';
export { CartCoupon } from './cart/cart-coupon.ts';
export { Coupon } from './promotion/coupon.ts';
export { CouponCounter } from './promotion/coupon-counter.ts';
export { CouponCustomerLock } from './promotion/coupon-customer-lock.ts';
export { CouponRedemption } from './order/coupon-redemption.ts';
export { Promotion } from './promotion/promotion.ts';
export { PromotionTarget } from './promotion/promotion-target.ts';
export {
  type AttributeCreation,
  createAttribute,
  renameAttribute,
} from './catalog/operations/create-attribute.ts';
export { createProduct, type ProductCreation } from './catalog/operations/create-product.ts';
export {
  createVariant,
  type VariantCreation,
  type VariantVersion,
} from './catalog/operations/create-variant.ts';
export {
  getProductToEdit,
  type ProductToEdit,
  type VariantToEdit,
} from './catalog/operations/get-product-to-edit.ts';
export type { ProductVersion } from './catalog/operations/lock-product.ts';
export {
  addMedia,
  type MediaAddition,
  type MediaOrder,
  type MediaUpdate,
  removeMedia,
  reorderMedia,
  updateMedia,
} from './catalog/operations/manage-media.ts';
export {
  addOption,
  type OptionAddition,
  type OptionRemoval,
  type OptionRenaming,
  removeOption,
  renameOption,
} from './catalog/operations/manage-options.ts';
export { type ProductPlacement, setProductCategories } from './catalog/operations/set-product-categories.ts';
export { type ProductUpdate, updateProduct } from './catalog/operations/update-product.ts';
export { updateVariant, type VariantUpdate } from './catalog/operations/update-variant.ts';
export { findPrices, type FoundPrice, type PriceRequest } from './catalog/operations/find-prices.ts';
export {
  getProduct,
  type PageAttribute,
  type ProductOnPage,
  type ProductRequest,
  type VariantOnPage,
} from './catalog/operations/get-product.ts';
export {
  type CategoryCreation,
  type CategoryUpdate,
  createCategory,
  deleteCategory,
  moveCategory,
  type PlacedCategory,
  updateCategory,
} from './catalog/operations/manage-categories.ts';
export {
  createPriceList,
  endPriceList,
  type PriceListCreation,
} from './catalog/operations/manage-price-lists.ts';
export { loadTaxRates } from './catalog/operations/load-tax-rates.ts';
export {
  endTaxRate,
  setTaxRate,
  type TaxRateEnd,
  type TaxRateSetting,
} from './catalog/operations/manage-tax-rates.ts';
export { setTaxIncluded, type TaxIncludedSetting } from './catalog/operations/set-tax-included.ts';
export { type TaxBreakdown, taxBreakdown } from './order/operations/tax-breakdown.ts';
export { PriceOverlap, type Pricing, setPrice } from './catalog/operations/set-price.ts';
export {
  type AttributeAssignment,
  setProductAttributes,
  setVariantAttributes,
  type VariantAttributeAssignment,
} from './catalog/operations/set-attributes.ts';
export { softDeleteProduct, softDeleteVariant } from './catalog/operations/soft-delete.ts';
export type { SearchFacets } from './catalog/operations/search-facets.ts';
export type { ProductSearch } from './catalog/operations/search-input.ts';
export { type FoundProduct, type ProductPage, searchProducts } from './catalog/operations/search-products.ts';
export {
  type FoundOrder,
  type OrderPage,
  type OrderSearch,
  searchOrders,
} from './order/operations/search-orders.ts';
export { getCart, type CartContent, type CartContentLine } from './cart/operations/get-cart.ts';
export { getOrder, type OrderDetail, type OrderRequest } from './payment/operations/get-order.ts';
export { type MetadataChange, setMetadata } from './order/operations/set-metadata.ts';
export { addToCart, type CartAddition, type CartLineState } from './cart/operations/add-to-cart.ts';
export { expireCarts } from './cart/operations/expire-carts.ts';
export { type CartMerge, mergeCarts, type MergedCarts } from './cart/operations/merge-carts.ts';
export { type CartOpening, openCart, type OpenedCart } from './cart/operations/open-cart.ts';
export type { CartQuote, QuoteRequest } from './cart/operations/quote-cart.ts';
export { type CartChanges, refreshCart } from './cart/operations/refresh-cart.ts';
export { type CartCurrency, setCartCurrency } from './cart/operations/set-cart-currency.ts';
export { type CartPriceList, setCartPriceList } from './cart/operations/set-cart-price-list.ts';
export {
  type CartLineRemoval,
  type CartLineUpdate,
  removeCartLine,
  updateCartLine,
} from './cart/operations/update-cart-line.ts';
export { allocateAmount, type AmountShare } from './pricing/allocate-amount.ts';
export { includedShareOf, roundedQuotient, shareOf, toMinorUnits } from './pricing/minor-units.ts';
export {
  type Adjustment,
  type Basket,
  type BasketLine,
  type Charge,
  type Destination,
  noCharges,
  type PriceCalculators,
  type PricedLine,
  type ShippingCalculator,
  type TaxCalculator,
} from './pricing/basket.ts';
export { type PricedBasket, priceBasket, type Totals, type UnpricedBasket } from './pricing/price-basket.ts';
export type { CheckoutLine } from './cart/operations/price-cart.ts';
export { breakDownTaxes, type BrokenDownTax, type TaxBreakdownRow } from './pricing/break-down-taxes.ts';
export type { TaxRounding } from './pricing/tax-items.ts';
export { taxByRegion, type TaxOptions, type TaxRate } from './pricing/tax-by-region.ts';
export {
  applyCoupon,
  type AppliedCoupon,
  type CouponApplication,
  removeCoupon,
} from './cart/operations/apply-coupon.ts';
export {
  createPromotion,
  type CreatedPromotion,
  type PromotionCreation,
} from './promotion/operations/create-promotion.ts';
export {
  endPromotion,
  type PromotionEnd,
  type PromotionUpdate,
  updatePromotion,
} from './promotion/operations/update-promotion.ts';
export { createCoupons, type CouponCreation } from './promotion/operations/create-coupons.ts';
export {
  listPromotions,
  type PromotionDetail,
  type PromotionList,
} from './promotion/operations/list-promotions.ts';
export type { BasketPromotion, PromotionScope } from './pricing/apply-promotions.ts';
export { type CouponRefusal, CouponRefused } from './promotion/operations/coupon-refused.ts';
export {
  addAddress,
  changeAddress,
  type ChangedAddress,
  type NewAddress,
  removeAddress,
} from './customer/operations/address-book.ts';
export { changePassword, type PasswordChange } from './customer/operations/change-password.ts';
export { type Erasure, erasePerson } from './customer/operations/erase-person.ts';
export { exportPerson } from './customer/operations/export-person.ts';
export {
  type IdentityLink,
  linkIdentity,
  logInWithIdentity,
  unlinkIdentity,
} from './customer/operations/identity.ts';
export type { IssuedToken } from './customer/operations/issue-token.ts';
export { type Credentials, logIn } from './customer/operations/log-in.ts';
export { hashPassword, verifyPassword } from './customer/operations/password-hash.ts';
export type { Person } from './customer/operations/person-input.ts';
export type { PersonalData } from './customer/operations/personal-data.ts';
export { registerCustomer, type Registration } from './customer/operations/register-customer.ts';
export { removeExpiredTokens } from './customer/operations/remove-expired-tokens.ts';
export { requestPasswordReset, resetPassword } from './customer/operations/reset-password.ts';
export { findSession, logOut, logOutEverywhere, type Session } from './customer/operations/session.ts';
export { type Profile, type ProfileUpdate, updateProfile } from './customer/operations/update-profile.ts';
export { requestEmailVerification, verifyEmail } from './customer/operations/verify-email.ts';
export { expireHolds } from './fulfilment/operations/expire-holds.ts';
export { type HoldMove, type MovedHold, moveHold } from './fulfilment/operations/move-hold.ts';
export { adjustStock, type StockAdjustment } from './inventory/operations/adjust-stock.ts';
export {
  createLocation,
  type LocationCreation,
  type LocationUpdate,
  updateLocation,
} from './inventory/operations/manage-locations.ts';
export { type BackorderSetting, setBackorderLimit } from './inventory/operations/set-backorder-limit.ts';
export {
  type StockTransfer,
  type TransferredStock,
  transferStock,
} from './inventory/operations/transfer-stock.ts';
export { type ReceivedLevel, receiveStock, type StockReceipt } from './inventory/operations/receive-stock.ts';
export {
  type CancelledLines,
  cancelLines,
  type LineCancellation,
} from './fulfilment/operations/cancel-lines.ts';
export {
  cancelOrder,
  type CancelledOrder,
  type PaymentToReturn,
} from './fulfilment/operations/cancel-order.ts';
export { confirmOrder } from './order/operations/confirm-order.ts';
export { deliverShipment } from './fulfilment/operations/deliver-shipment.ts';
export { IllegalTransition } from './order/operations/illegal-transition.ts';
export {
  type LineExcess,
  NothingToShip,
  QuantityExceeded,
} from './fulfilment/operations/fulfilment-errors.ts';
export { type ListedReturn, listReturns } from './fulfilment/operations/list-returns.ts';
export {
  type IssuedCreditLine,
  type IssuedCreditNote,
  listCreditNotes,
} from './order/operations/list-credit-notes.ts';
export {
  approveReturn,
  cancelReturn,
  declineReturn,
  type ReturnDecision,
} from './fulfilment/operations/decide-return.ts';
export type { ReturnState, ReturnStatus } from './fulfilment/operations/lock-return.ts';
export {
  type ReceivedReturn,
  receiveReturn,
  type ReturnReceipt,
} from './fulfilment/operations/receive-return.ts';
export { requestReturn, type ReturnRequestInput } from './fulfilment/operations/request-return.ts';
export { type ReturnedGoods, type ReturnedLines, returnLines } from './fulfilment/operations/return-lines.ts';
export { type ShippedOrder, type ShippingRequest, shipOrder } from './fulfilment/operations/ship-order.ts';
export { authorizePayment, type PaymentAuthorization } from './payment/operations/authorize-payment.ts';
export { capturePayment, type PaymentCapture } from './payment/operations/capture-payment.ts';
export type { PaymentChange } from './payment/operations/change-payment.ts';
export { type HandledWebhook, handleWebhook } from './payment/operations/handle-webhook.ts';
export {
  AmountExceeds,
  type AmountLimit,
  PaymentDeclined,
  PaymentOutcomeUnknown,
} from './payment/operations/payment-errors.ts';
export type {
  NextAction,
  PaymentProvider,
  ProviderAnswer,
  ProviderEvent,
  ProviderFeature,
  ProviderKind,
  ProviderRequest,
  ProviderTransaction,
  WebhookDelivery,
} from './payment/operations/payment-provider.ts';
export type { PaymentState } from './payment/operations/payment-state.ts';
export {
  type PayoutFile,
  type PayoutTransaction,
  readPayoutFile,
} from './payment/operations/read-payout-file.ts';
export {
  type PaymentDifference,
  reconcilePayments,
  type Reconciliation,
} from './payment/operations/reconcile-payments.ts';
export type { ExpiringAuthorization } from './payment/operations/renew-authorizations.ts';
export { reauthorizePayment } from './payment/operations/reauthorize-payment.ts';
export type { TaxAmount } from './pricing/charged-parts.ts';
export type { UnitsValue } from './order/operations/read-charged.ts';
export {
  type PaymentReturn,
  proposeRefund,
  type ProposedPart,
  type RefundProposal,
  type RefundProposalRequest,
} from './payment/operations/propose-refund.ts';
export {
  type EditedOrder,
  OrderEditChanged,
  type OrderEditQuote,
  type OrderEditQuoteRequest,
  type OrderEditRequest,
} from './payment/operations/edit-order.ts';
export { type OrderEditOperations, orderEditsWith } from './payment/operations/order-edits-with.ts';
export { type OrderRefund, refundOrder, type RefundedOrder } from './payment/operations/refund-order.ts';
export { type RefundedReturn, refundReturn, type ReturnRefund } from './payment/operations/refund-return.ts';
export { dismissExternal, type ExternalDismissal } from './payment/operations/dismiss-external.ts';
export { refundPayment } from './payment/operations/refund-payment.ts';
export { returnMoney } from './payment/operations/return-money.ts';
export {
  type SweepOptions,
  sweepPendingTransactions,
  type SweepReport,
} from './payment/operations/sweep-pending-transactions.ts';
export { voidPayment } from './payment/operations/void-payment.ts';
export type { PlacedOrder } from './order/operations/checkout.ts';
export { type CheckoutOperations, checkoutWith } from './order/operations/checkout-with.ts';
export type { CheckoutRequest } from './order/operations/checkout-request.ts';
export { QuoteChanged, TotalChanged } from './order/operations/total-changed.ts';
export { AccountLocked } from './customer/operations/account-locked.ts';
export { OutOfStock, type StockShortage } from './inventory/operations/out-of-stock.ts';
export { PriceChanged, type PriceChange } from './cart/operations/price-changed.ts';
export { withRetry, type Operation, type RetryOptions } from './runtime/with-retry.ts';
export type { EventHandler } from './runtime/deliver-event.ts';
export type { RelayedEvent } from './runtime/relayed-event.ts';
export { relayOutbox, type RelayedBatch, type RelayOptions } from './runtime/relay-outbox.ts';
export {
  listSetAsideEvents,
  replayEvent,
  type SetAsideEvent,
  skipEvent,
} from './runtime/set-aside-events.ts';
export { actingAs } from './runtime/acting-as.ts';
export { type AuditEntry, type AuditRotation, recordAudit, rotateAuditLog } from './runtime/audit.ts';
export { commitLsn, onReader, type ReadOptions } from './runtime/on-reader.ts';
export { removeExpiredKeys } from './runtime/remove-expired-keys.ts';
export type {
  MaintenanceAges,
  MaintenanceIntervals,
  MaintenanceOptions,
} from './maintenance/maintenance-options.ts';
export type { MaintenanceTask } from './maintenance/maintenance-tasks.ts';
export { maintain, type TaskRun } from './maintenance/operations/maintain.ts';
export { runWorker } from './worker/run-worker.ts';
export type { WorkerStatus } from './worker/worker-health.ts';
export type { WorkerEvent, WorkerOptions } from './worker/worker-options.ts';
export { openShop, type SessionOptions, type Shop, type ShopSession } from './shop/open-shop.ts';
export type { ShopOperations } from './shop/shop-operations.ts';
export type { ShopSettings } from './shop/shop-settings.ts';
export { type JsonForm, jsonForm } from './json-form.ts';
export type { JsonObject } from './bounds.ts';
