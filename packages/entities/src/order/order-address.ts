import { defineEntity, p } from '@mikro-orm/core';
import { lengthCheck, oneOfCheck } from '../length-check.ts';
import { countryCode, oneOf } from '../columns.ts';
import { addressLengths } from '../customer/personal-columns.ts';
import { SalesOrder } from './sales-order.ts';

const kinds = ['shipping', 'billing'] as const;

const OrderAddressSchema = defineEntity({
  name: 'OrderAddress',
  tableName: 'order_address',
  properties: {
    order: () => p.manyToOne(SalesOrder).primary().deleteRule('no action').updateRule('no action'),
    kind: oneOf(kinds).primary(),
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
    oneOfCheck('order_address', 'kind', kinds),
    lengthCheck('order_address', addressLengths),
    { name: 'order_address_country_code_check', expression: `country_code ~ '^[A-Z]{2}$'` },
  ],
});

/** Where an order goes, or who pays it. Erasure empties all but the country. */
export class OrderAddress extends OrderAddressSchema.class {}
OrderAddressSchema.setClass(OrderAddress);
