import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { Currency } from '../catalog/currency.ts';
import { type PromotionScope, promotionScopes } from '../pricing/apply-promotions.ts';
import { createdAt, id, minorUnits, validity } from '../columns.ts';

const PromotionSchema = defineEntity({
  name: 'Promotion',
  tableName: 'promotion',
  comment:
    'A discount: rate_ppm millionths, or amount_minor. Any currency where it has none. It is granted by its coupons.',
  properties: {
    id,
    name: p.text(),
    automatic: p.boolean().default(false).comment('Its coupon, of which there is one, need not be typed in.'),
    scope: p
      .enum(promotionScopes)
      .columnType('text')
      .default('order')
      .comment('What it is taken off: lines, all that is left of them, or the shipping fees.'),
    /** Millionths of what it is taken off: 100,000 is 10 %. */
    ratePpm: p.integer().nullable(),
    /** Or a fixed amount, at most what it is taken off. */
    amountMinor: minorUnits().nullable(),
    /** Undefined for carts in any currency. A fixed amount or a minimum needs one. */
    currency: () => p.manyToOne(Currency).nullable().deleteRule('no action'),
    minimumSubtotalMinor: minorUnits().defaultRaw('0'),
    /** Of the lines that it is for, how many units there must be. */
    minimumQuantity: p.integer().default(0),
    buyQuantity: p
      .integer()
      .nullable()
      .comment('Of each buy_quantity + get_quantity units, get_quantity are discounted.'),
    getQuantity: p.integer().nullable(),
    customers: p.enum(['all', 'signed_in', 'first_order']).columnType('text').default('all'),
    priority: p
      .integer()
      .default(0)
      .comment('Those of the order are taken off one after another, lowest first.'),
    combinesWith: p
      .array()
      .$type<Opt<PromotionScope[]>>()
      .defaultRaw(`'{}'`)
      .comment('Scopes. Two promotions go together where each names the scope of the other.'),
    valid: validity(),
    createdAt,
  },
  indexes: [
    {
      name: 'promotion_automatic_index',
      expression: 'create index promotion_automatic_index on promotion using gist (valid) where automatic',
    },
  ],
  checks: [
    lengthCheck('promotion', { name: maxLength.line }, { combines_with: 200 }),
    { name: 'promotion_combines_with_check', expression: `combines_with <@ '{line,order,shipping}'` },
    { name: 'promotion_minimum_quantity_check', expression: 'minimum_quantity >= 0' },
    {
      name: 'promotion_buy_get_check',
      expression: `num_nonnulls(buy_quantity, get_quantity) = 0 or (num_nonnulls(buy_quantity, get_quantity) = 2 and scope = 'line' and amount_minor is null and buy_quantity >= 1 and get_quantity >= 1)`,
    },
    {
      name: 'promotion_discount_check',
      expression:
        'num_nonnulls(rate_ppm, amount_minor) = 1 and rate_ppm >= 1 and rate_ppm <= 1000000 and amount_minor >= 1',
    },
    {
      name: 'promotion_currency_check',
      expression: 'currency_code is not null or (amount_minor is null and minimum_subtotal_minor = 0)',
    },
    { name: 'promotion_minimum_subtotal_minor_check', expression: 'minimum_subtotal_minor >= 0' },
    { name: 'promotion_valid_check', expression: 'not isempty(valid) and not lower_inf(valid)' },
  ],
});

/** A discount of lines, of an order or of its shipping: a share, or a fixed amount. */
export class Promotion extends PromotionSchema.class {}
PromotionSchema.setClass(Promotion);
