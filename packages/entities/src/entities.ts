import type { EntityClass } from '@mikro-orm/core';
import { Cart, CartLine } from './cart/cart.ts';
import { Attribute, ProductAttribute } from './catalog/attribute.ts';
import { Category } from './catalog/category.ts';
import { Currency } from './catalog/currency.ts';
import { Price, PriceList } from './catalog/price.ts';
import { Product, ProductCategory, ProductMedia, ProductVariant } from './catalog/product.ts';
import { TaxRateRow } from './catalog/tax-rate.ts';
import { CustomerToken } from './customer/customer-token.ts';
import { Customer, CustomerAddress, CustomerCredential } from './customer/customer.ts';
import { StockLevel } from './inventory/stock-level.ts';
import { StockLocation } from './inventory/stock-location.ts';
import { StockMovement } from './fulfilment/stock-movement.ts';
import { StockReservation } from './fulfilment/stock-reservation.ts';
import { AuditLog } from './runtime/audit-log.ts';
import { IdempotencyKey } from './runtime/idempotency-key.ts';
import { OutboxEvent } from './runtime/outbox-event.ts';
import { OutboxLease } from './runtime/outbox-lease.ts';
import { MaintenanceRun } from './maintenance/maintenance-run.ts';
import { OrderAddress } from './order/order-address.ts';
import { CreditNote, CreditNoteLine, CreditNoteTax, OrderCredit } from './order/credit-note.ts';
import { OrderEdit } from './order/order-edit.ts';
import { OrderAdjustment } from './order/order-adjustment.ts';
import { OrderLine } from './order/order-line.ts';
import { OrderStatusHistory } from './order/order-status-history.ts';
import { SalesOrder } from './order/sales-order.ts';
import { Shipment } from './fulfilment/shipment.ts';
import { ReturnRequest, ReturnRequestLine } from './fulfilment/return-request.ts';
import { CustomerOpenCart } from './cart/customer-open-cart.ts';
import { StatusIndex } from './runtime/status-index.ts';
import { StatusTransition } from './runtime/status-transition.ts';
import { Payment, PaymentTransaction } from './payment/payment.ts';
import { CartCoupon } from './cart/cart-coupon.ts';
import { CouponCounter } from './promotion/coupon-counter.ts';
import { CouponCustomerLock } from './promotion/coupon-customer-lock.ts';
import { Coupon } from './promotion/coupon.ts';
import { CouponRedemption } from './order/coupon-redemption.ts';
import { Promotion } from './promotion/promotion.ts';
import { PromotionTarget } from './promotion/promotion-target.ts';

/** Every entity of the shop; a table comes after the tables that it refers to. */
export const entities: EntityClass<object>[] = [
  Currency,
  StatusTransition,
  StatusIndex,
  Category,
  Product,
  ProductCategory,
  ProductVariant,
  ProductMedia,
  Attribute,
  ProductAttribute,
  PriceList,
  Price,
  TaxRateRow,
  Customer,
  CustomerCredential,
  CustomerAddress,
  CustomerToken,
  Cart,
  CartLine,
  CustomerOpenCart,
  Promotion,
  PromotionTarget,
  Coupon,
  CouponCounter,
  CouponCustomerLock,
  CartCoupon,
  SalesOrder,
  OrderLine,
  OrderAddress,
  OrderAdjustment,
  OrderStatusHistory,
  CouponRedemption,
  CreditNote,
  CreditNoteLine,
  CreditNoteTax,
  OrderCredit,
  OrderEdit,
  StockLocation,
  StockLevel,
  Shipment,
  ReturnRequest,
  ReturnRequestLine,
  StockReservation,
  StockMovement,
  Payment,
  PaymentTransaction,
  IdempotencyKey,
  OutboxEvent,
  OutboxLease,
  AuditLog,
  MaintenanceRun,
];
