import { cartTables } from '../cart/seed.ts';
import { customerTables } from '../customer/seed.ts';
import { fulfilmentTables } from '../fulfilment/seed.ts';
import { inventoryTables } from '../inventory/seed.ts';
import { creditTables } from '../order/seed-credit.ts';
import { eventTables } from '../order/seed-events.ts';
import { orderTables } from '../order/seed.ts';
import { paymentTables } from '../payment/seed.ts';
import { promotionTables } from '../promotion/seed.ts';

/** The tables of all domains. */
export const shopTables = {
  ...inventoryTables,
  ...customerTables,
  ...cartTables,
  ...orderTables,
  ...creditTables,
  ...fulfilmentTables,
  ...paymentTables,
  ...promotionTables,
  ...eventTables,
} as const;

export type ShopTables = typeof shopTables;
