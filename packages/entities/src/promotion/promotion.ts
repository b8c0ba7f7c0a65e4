import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { Currency } from '../catalog/currency.ts';
import { createdAt, id, minorUnits, validity } from '../columns.ts';

const PromotionSchema = defineEntity({
  name: 'Promotion',
  tableName: 'promotion',
  comment:
    'A discount of an order: rate_ppm millionths of the subtotal, or amount_minor. Any currency where it has none.',
  properties: {
    id,
    name: p.text(),
    /** Millionths of the subtotal: 100,000 is 10 %. */
    ratePpm: p.integer().nullable(),
    /** Or a fixed amount, at most the subtotal. */
    amountMinor: minorUnits().nullable(),
    /** Undefined for carts in any currency. A fixed amount or a minimum needs one. */
    currency: () => p.manyToOne(Currency).nullable().deleteRule('no action'),
    minimumSubtotalMinor: minorUnits().defaultRaw('0'),
    valid: validity(),
    createdAt,
  },
  checks: [
    lengthCheck('promotion', { name: maxLength.line }),
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

/** A discount on an order: a share of its subtotal, or a fixed amount. */
export class Promotion extends PromotionSchema.class {}
PromotionSchema.setClass(Promotion);
