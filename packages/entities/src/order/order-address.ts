import { defineEntity, p } from '@mikro-orm/core';
import { lengthCheck } from '../length-check.ts';
import { countryCode } from '../columns.ts';
import { addressLengths } from '../customer/personal-columns.ts';
import { SalesOrder } from './sales-order.ts';

const OrderAddressSchema = defineEntity({
  name: 'OrderAddress',
  tableName: 'order_address',
  properties: {
    order: () => p.manyToOne(SalesOrder).primary().deleteRule('no action').updateRule('no action'),
    kind: p.enum(['shipping', 'billing']).columnType('text').primary(),
    fullName: p.text().nullable(),
    company: p.text().nullable(),
    line1: p.text().nullable(),
    line2: p.text().nullable(),
    city: p.text().nullable(),
    region: p.text().nullable(),
    postalCode: p.text().nullable(),
    countryCode,
    phone: p.text().nullable(),
  },
  checks: [
    lengthCheck('order_address', addressLengths),
    { name: 'order_address_country_code_check', expression: `country_code ~ '^[A-Z]{2}$'` },
  ],
});

/** Where an order goes, or who pays it. Erasure empties all but the country. */
export class OrderAddress extends OrderAddressSchema.class {}
OrderAddressSchema.setClass(OrderAddress);
