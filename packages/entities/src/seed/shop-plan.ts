import { UserError } from '@ecommerce-dms/errors';
import { definePlan, type Emit, type Plan } from '@ecommerce-dms/seeder';
import { generateAbandonedCart, generateOpenCart } from '../cart/seed.ts';
import { generateCoupon } from '../promotion/seed.ts';
import { generateCustomer } from '../customer/seed.ts';
import { emitEvents } from '../order/seed-events.ts';
import { emitFulfilment } from '../fulfilment/seed.ts';
import { emitCredit } from '../order/seed-credit.ts';
import { emitOrder } from '../order/seed.ts';
import { emitPayments } from '../payment/seed.ts';
import { generateStock } from '../inventory/seed.ts';
import { finishShop } from './finish-shop.ts';
import { orderAt } from '../order/seed-order.ts';
import { readShop, type ShopContext } from './shop-context.ts';
import { type ShopTables, shopTables } from './tables.ts';

export interface ShopPlanOptions {
  /** How many orders. Default 10,000; for each there are 0.35 customers and half an abandoned cart. */
  orders?: number;
  /** The present of the data: history goes back two years from here, and nothing is later. */
  at: Date;
}

const defaultOrders = 10_000;
/** The ids of the ledgers would still fit a double; the data would take terabytes. */
const maxOrders = 1_000_000_000;

/**
 * The seeder's plan for the shop: customers, carts, orders with all that belongs to them, and the stock that was sold,
 * for the catalog that is in the database; about 25 rows an order. Every invariant of the shop holds. The same seed,
 * options and catalog give the same rows. `seed` fails with `nothing-for-sale` where the catalog has nothing to sell.
 *
 * @throws UserError `invalid-settings` (exit code 2): `orders` or `at` is out of range
 * @example
 * ```ts
 * import { shopPlan } from '@ecommerce-dms/entities/seed';
 *
 * const plan = shopPlan({ orders: 10_000, at: new Date() }); // for `seed` of @ecommerce-dms/seeder
 * console.log(Object.keys(plan.tables));
 * ```
 */
export function shopPlan(options: ShopPlanOptions): Plan<ShopTables, ShopContext> {
  const { orders = defaultOrders, at } = options;
  if (!(Number.isInteger(orders) && orders >= 0 && orders <= maxOrders)) {
    throw new UserError(
      'invalid-settings',
      `The number of orders must be a whole number from 0 to ${maxOrders}, not ${orders}.`,
    );
  }
  if (Number.isNaN(at.getTime())) {
    throw new UserError('invalid-settings', 'The present of the data (at) is not a valid date.');
  }
  return definePlan({
    name: 'shop',
    version: 4,
    tables: shopTables,
    // The import writes stock, and whoever works in the shop promotions and the two logs.
    appendsTo: [
      'stock_location',
      'stock_level',
      'stock_movement',
      'promotion',
      'coupon',
      'outbox_event',
      'audit_log',
    ],
    prepare: (client, random) => readShop(client, random, { orders, atMs: at.getTime() }),
    families: [
      { name: 'stock', count: ({ variants }) => variants.length, generate: generateStock },
      { name: 'coupon', count: ({ newCoupons }) => newCoupons.length, generate: generateCoupon },
      { name: 'customer', count: ({ customers }) => customers, generate: generateCustomer },
      { name: 'order', count: ({ orders }) => orders, generate: generateOrder },
      {
        name: 'abandoned cart',
        count: ({ abandonedCarts }) => abandonedCarts,
        generate: generateAbandonedCart,
      },
      { name: 'open cart', count: ({ openCarts }) => openCarts, generate: generateOpenCart },
    ],
    finish: finishShop,
  });
}

function generateOrder(index: number, emit: Emit<ShopTables>, context: ShopContext): void {
  const order = orderAt(context, index);
  emitOrder(order, emit, context);
  emitPayments(order, emit, context);
  emitFulfilment(order, emit, context);
  emitEvents(order, emit, context);
  emitCredit(order, emit, context);
}
