export { entities } from './entities.ts';
export { ormOptions, type OrmSettings } from './orm-options.ts';
export { Cart, CartLine } from './cart/cart.ts';
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
export { addToCart, type CartAddition, type CartLineState } from './cart/add-to-cart.ts';
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
export { requestPasswordReset, resetPassword } from './customer/reset-password.ts';
export { findSession, logOut, logOutEverywhere, type Session } from './customer/session.ts';
export { type Profile, type ProfileUpdate, updateProfile } from './customer/update-profile.ts';
export { requestEmailVerification, verifyEmail } from './customer/verify-email.ts';
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
export type { EventHandler, RelayedBatch, RelayedEvent } from './operations/relay-batch.ts';
export { relayOutbox, type RelayOptions } from './operations/relay-outbox.ts';
export { type AuditEntry, type AuditRotation, recordAudit, rotateAuditLog } from './operations/audit.ts';
export { commitLsn, onReader, type ReadOptions } from './operations/on-reader.ts';
