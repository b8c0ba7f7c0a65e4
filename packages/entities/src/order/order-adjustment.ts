import { defineEntity, p } from '@mikro-orm/core';
import { maxLength, maxRatePpm } from '../bounds.ts';
import { lengthCheck, oneOfCheck } from '../length-check.ts';
import { id, minorUnits, oneOf } from '../columns.ts';
import { appendOnlyTrigger, placedWithOrderTrigger } from '../triggers.ts';
import { OrderLine } from './order-line.ts';
import { SalesOrder } from './sales-order.ts';

const kinds = ['discount', 'shipping', 'tax'] as const;

const OrderAdjustmentSchema = defineEntity({
  name: 'OrderAdjustment',
  tableName: 'order_adjustment',
  comment:
    'What makes the total of the subtotal: amounts are positive, a discount is subtracted. code: coupon, rate, method',
  properties: {
    id,
    order: () => p.manyToOne(SalesOrder).index('order_adjustment_order_id_index'),
    orderLine: () => p.manyToOne(OrderLine).nullable().deleteRule('no action'),
    kind: oneOf(kinds),
    code: p.text(),
    amountMinor: minorUnits(),
    ratePpm: p
      .integer()
      .nullable()
      .comment('Of a tax: millionths of taxable_minor. Null where whoever computed the tax did not say.'),
    taxableMinor: minorUnits().nullable().comment('Of a tax: the amount before tax that it was charged on.'),
    editNumber: p
      .integer()
      .nullable()
      .comment('The edit whose lines it is a tax of; null: placed with the order.'),
  },
  checks: [
    oneOfCheck('order_adjustment', 'kind', kinds),
    lengthCheck('order_adjustment', { code: maxLength.line }),
    { name: 'order_adjustment_amount_minor_check', expression: 'amount_minor >= 0' },
    {
      name: 'order_adjustment_tax_base_check',
      expression: `(rate_ppm is null) = (taxable_minor is null) and (rate_ppm is null or kind = 'tax' and rate_ppm >= 0 and rate_ppm <= ${maxRatePpm} and taxable_minor >= 0)`,
    },
    {
      name: 'order_adjustment_tax_check',
      expression:
        'abs(amount_minor::numeric * 1000000 - taxable_minor::numeric * rate_ppm) <= 2 * (1000000 + rate_ppm)',
    },
  ],
  triggers: [
    placedWithOrderTrigger('order_adjustment', 'check_added_order_adjustments'),
    appendOnlyTrigger('order_adjustment'),
  ],
});

/** A discount, a shipping fee or a tax of an order or of one of its lines. */
export class OrderAdjustment extends OrderAdjustmentSchema.class {}
OrderAdjustmentSchema.setClass(OrderAdjustment);
