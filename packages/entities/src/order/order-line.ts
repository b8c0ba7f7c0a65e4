import { defineEntity, p } from '@mikro-orm/core';
import { type JsonObject, jsonLimits, maxLength } from '../bounds.ts';
import { lengthCheck, objectCheck } from '../length-check.ts';
import { ProductVariant } from '../catalog/product.ts';
import { id, minorUnits } from '../columns.ts';
import { appendOnlyTrigger, placedWithOrderTrigger, trigger } from '../triggers.ts';
import { SalesOrder } from './sales-order.ts';

const OrderLineSchema = defineEntity({
  name: 'OrderLine',
  tableName: 'order_line',
  properties: {
    id,
    order: () => p.manyToOne(SalesOrder),
    position: p.integer(),
    variant: () => p.manyToOne(ProductVariant),
    sku: p.text().nullable(),
    title: p.text(),
    variantTitle: p.text().default(''),
    properties: p
      .json<JsonObject>()
      .nullable()
      .comment('What the buyer wants of it, such as an engraving; null: nothing. Erasure empties it.'),
    quantity: p.integer(),
    unitPriceMinor: minorUnits(),
    priceListCode: p
      .text()
      .default('base')
      .comment('The list that the price was of: that of the cart, or base where that had none. A snapshot.'),
    totalMinor: minorUnits(),
    shippedQuantity: p.integer().default(0),
    cancelledQuantity: p.integer().default(0),
    returnedQuantity: p.integer().default(0),
    editNumber: p.integer().nullable().comment('The edit that has added it; null: placed with the order.'),
  },
  uniques: [{ name: 'order_line_order_id_position_unique', properties: ['order', 'position'] }],
  indexes: [{ name: 'order_line_sku_index', properties: ['sku', 'order'], where: 'sku is not null' }],
  checks: [
    lengthCheck('order_line', {
      sku: maxLength.identifier,
      title: maxLength.title,
      variant_title: maxLength.note,
      price_list_code: maxLength.line,
    }),
    objectCheck('order_line', 'properties', jsonLimits.properties),
    { name: 'order_line_quantity_check', expression: 'quantity > 0' },
    {
      name: 'order_line_total_check',
      expression: 'unit_price_minor >= 0 and total_minor = quantity * unit_price_minor',
    },
    {
      name: 'order_line_fulfilment_check',
      expression:
        'least(cancelled_quantity, returned_quantity) >= 0 and returned_quantity <= shipped_quantity and shipped_quantity + cancelled_quantity <= quantity',
    },
  ],
  triggers: [
    placedWithOrderTrigger('order_line', 'check_added_order_lines'),
    // All but the counted quantities, and what is personal.
    appendOnlyTrigger('order_line', {
      columns: [
        'id',
        'order_id',
        'position',
        'variant_id',
        'sku',
        'title',
        'variant_title',
        'quantity',
        'unit_price_minor',
        'price_list_code',
        'total_minor',
        'edit_number',
      ],
    }),
    trigger('order_line', 'properties_kept', {
      timing: 'before',
      events: ['update'],
      columns: ['properties'],
      when: 'new.properties is not null and new.properties is distinct from old.properties',
      execute: 'refuse_change',
    }),
    trigger('order_line', 'order_confirmed', {
      timing: 'after',
      events: ['update'],
      forEach: 'statement',
      referencing: 'old table as before new table as after',
      execute: 'require_confirmed_orders',
    }),
    trigger('order_line', 'open_returns', {
      timing: 'after',
      events: ['update'],
      columns: ['returned_quantity'],
      when: 'new.returned_quantity > old.returned_quantity',
      execute: 'check_returned_units',
    }),
  ],
});

/** A variant that was ordered, with its names and price as they were. */
export class OrderLine extends OrderLineSchema.class {}
OrderLineSchema.setClass(OrderLine);
