import { ids } from './shop-fixture.ts';

const promotion = 'insert into promotion (name, rate_ppm, amount_minor, currency_code) values';
const coupon = 'insert into coupon (promotion_id, code, usage_limit, customer_usage_limit) values';
const secondOrder = `insert into sales_order (id, customer_id, email, currency_code, subtotal_minor, total_minor)
  values ('${ids.shipment}', null, 'ANN@example.com', 'EUR', 0, 0);`;
const redeem = 'insert into coupon_redemption (order_id, coupon_id, discount_minor) values';

const buyGet =
  'insert into promotion (name, scope, rate_ppm, amount_minor, currency_code, buy_quantity, get_quantity) values';
const sameTarget = (what: string, id: string) =>
  `insert into promotion_target (promotion_id, ${what}_id) select '${ids.promotion}', '${id}' from generate_series(1, 2)`;

/** Constraints of promotions and coupons, each with the statements that it must refuse. */
export const promotionConstraintCases: Record<string, string[]> = {
  promotion_discount_check: [
    `${promotion} ('x', null, null, 'EUR')`,
    `${promotion} ('x', 100000, 500, 'EUR')`,
    `${promotion} ('x', 1000001, null, 'EUR')`,
    `${promotion} ('x', 0, null, 'EUR')`,
    `${promotion} ('x', null, 0, 'EUR')`,
  ],
  promotion_currency_check: [
    `${promotion} ('x', null, 500, null)`,
    `insert into promotion (name, rate_ppm, minimum_subtotal_minor) values ('x', 1, 5000)`,
  ],
  promotion_minimum_subtotal_minor_check: [
    `insert into promotion (name, rate_ppm, currency_code, minimum_subtotal_minor) values ('x', 1, 'EUR', -1)`,
  ],
  promotion_valid_check: [
    `insert into promotion (name, rate_ppm, valid) values ('x', 1, 'empty')`,
    `insert into promotion (name, rate_ppm, valid) values ('x', 1, '(,2026-01-01)')`,
  ],
  promotion_scope_check: [`insert into promotion (name, rate_ppm, scope) values ('x', 1, 'product')`],
  promotion_customers_check: [`insert into promotion (name, rate_ppm, customers) values ('x', 1, 'some')`],
  promotion_combines_with_check: [
    `insert into promotion (name, rate_ppm, combines_with) values ('x', 1, '{order,product}')`,
  ],
  promotion_minimum_quantity_check: [
    `insert into promotion (name, rate_ppm, minimum_quantity) values ('x', 1, -1)`,
  ],
  promotion_buy_get_check: [
    `${buyGet} ('x', 'line', 1, null, null, 2, null)`,
    `${buyGet} ('x', 'order', 1, null, null, 2, 1)`,
    `${buyGet} ('x', 'line', null, 500, 'EUR', 2, 1)`,
    `${buyGet} ('x', 'line', 1, null, null, 0, 1)`,
    `${buyGet} ('x', 'line', 1, null, null, 2, 0)`,
  ],
  promotion_target_one_check: [
    `insert into promotion_target (promotion_id) values ('${ids.promotion}')`,
    `insert into promotion_target (promotion_id, product_id, category_id)
     values ('${ids.promotion}', '${ids.product}', '${ids.category}')`,
  ],
  promotion_target_role_check: [
    `insert into promotion_target (promotion_id, role, product_id) values ('${ids.promotion}', 'x', '${ids.product}')`,
  ],
  promotion_target_product_unique: [sameTarget('product', ids.product)],
  promotion_target_variant_unique: [sameTarget('variant', ids.variant)],
  promotion_target_category_unique: [sameTarget('category', ids.category)],
  coupon_code_check: [`${coupon} ('${ids.promotion}', 'welcome', 1, 1)`],
  coupon_code_unique: [`${coupon} ('${ids.promotion}', 'WELCOME', 1, 1)`],
  coupon_limits_check: [
    `${coupon} ('${ids.promotion}', 'SUMMER', -1, 1)`,
    `${coupon} ('${ids.promotion}', 'SUMMER', 1, 0)`,
  ],
  coupon_redemption_discount_minor_check: ['update coupon_redemption set discount_minor = -1'],
  coupon_redemption_usage_limit: [
    `${secondOrder} update coupon set usage_limit = 1; ${redeem} ('${ids.shipment}', '${ids.coupon}', 0)`,
  ],
  coupon_usage_limit_used: ['update coupon set usage_limit = 0'],
  coupon_counter_shard_check: ['update coupon_counter set shard = -1 - shard'],
  coupon_counter_uses_check: [
    'update coupon_counter set uses = capacity + 1',
    'update coupon_counter set uses = -1',
    'update coupon_counter set capacity = uses - 1',
  ],
  // A guest with the e-mail address of a customer is that customer.
  coupon_redemption_customer_usage_limit: [
    `${secondOrder} ${redeem} ('${ids.shipment}', '${ids.coupon}', 0)`,
  ],
};
