// Written by migrations.test.ts, with `-u`.
import type { MigrationObject } from '@mikro-orm/core';
import { Foundation } from './20261122000100-foundation.ts';
import { Catalog } from './20261122000200-catalog.ts';
import { Customer } from './20261122000300-customer.ts';
import { Cart } from './20261122000400-cart.ts';
import { Order } from './20261122000500-order.ts';
import { Inventory } from './20261122000600-inventory.ts';
import { Payment } from './20261122000700-payment.ts';
import { Operations } from './20261122000800-operations.ts';
import { Grants } from './20261122000900-grants.ts';
import { CustomerTokens } from './20261122001000-customer-tokens.ts';
import { Promotions } from './20261122001100-promotions.ts';
import { PaymentRights } from './20261122001200-payment-rights.ts';
import { Attributes } from './20261122001300-attributes.ts';
import { OutboxRelay } from './20261122001400-outbox-relay.ts';
import { PaymentSums } from './20261122001500-payment-sums.ts';
import { AuditDatabaseUser } from './20261122001600-audit-database-user.ts';
import { PriceListsAndAttributes } from './20261122001700-price-lists-and-attributes.ts';
import { CartPriceLists } from './20261122001800-cart-price-lists.ts';
import { OutboxLeases } from './20261122001900-outbox-leases.ts';
import { StatusHistoryClock } from './20261130000300-status-history-clock.ts';
import { OrderSums } from './20261130000301-order-sums.ts';
import { OrderStates } from './20261130000302-order-states.ts';
import { ApplicationRights } from './20261130000303-application-rights.ts';
import { PaymentActions } from './20261130000400-payment-actions.ts';
import { ExternalTransactions } from './20261130000410-external-transactions.ts';
import { NamedChanges } from './20261130000500-named-changes.ts';

/** The migrations of the shop, in order, for MikroORM's `migrationsList`. Names never change once released. */
export const migrations: { name: string; class: MigrationObject['class'] }[] = [
  { name: '20261122000100-foundation', class: Foundation },
  { name: '20261122000200-catalog', class: Catalog },
  { name: '20261122000300-customer', class: Customer },
  { name: '20261122000400-cart', class: Cart },
  { name: '20261122000500-order', class: Order },
  { name: '20261122000600-inventory', class: Inventory },
  { name: '20261122000700-payment', class: Payment },
  { name: '20261122000800-operations', class: Operations },
  { name: '20261122000900-grants', class: Grants },
  { name: '20261122001000-customer-tokens', class: CustomerTokens },
  { name: '20261122001100-promotions', class: Promotions },
  { name: '20261122001200-payment-rights', class: PaymentRights },
  { name: '20261122001300-attributes', class: Attributes },
  { name: '20261122001400-outbox-relay', class: OutboxRelay },
  { name: '20261122001500-payment-sums', class: PaymentSums },
  { name: '20261122001600-audit-database-user', class: AuditDatabaseUser },
  { name: '20261122001700-price-lists-and-attributes', class: PriceListsAndAttributes },
  { name: '20261122001800-cart-price-lists', class: CartPriceLists },
  { name: '20261122001900-outbox-leases', class: OutboxLeases },
  { name: '20261130000300-status-history-clock', class: StatusHistoryClock },
  { name: '20261130000301-order-sums', class: OrderSums },
  { name: '20261130000302-order-states', class: OrderStates },
  { name: '20261130000303-application-rights', class: ApplicationRights },
  { name: '20261130000400-payment-actions', class: PaymentActions },
  { name: '20261130000410-external-transactions', class: ExternalTransactions },
  { name: '20261130000500-named-changes', class: NamedChanges },
];
