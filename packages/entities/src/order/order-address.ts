import { defineEntity, p } from '@mikro-orm/core';
import { lengthCheck, oneOfCheck } from '../length-check.ts';
import { countryCode, oneOf } from '../columns.ts';
import { addressLengths, personalColumns } from '../customer/personal-columns.ts';
import { trigger } from '../triggers.ts';
import { SalesOrder } from './sales-order.ts';

const kinds = ['shipping', 'billing'] as const;

const of = (row: 'old' | 'new') =>
  personalColumns.order_address.map((column) => `${row}.${column}`).join(', ');

const OrderAddressSchema = defineEntity({
  name: 'OrderAddress',
  tableName: 'order_address',
  properties: {
    order: () => p.manyToOne(SalesOrder).primary().deleteRule('no action').updateRule('no action'),
    kind: oneOf(kinds).primary(),
    replacedBy: p
      .integer()
      .primary()
      .default(0)
      .comment('The number of the edit that has replaced it; 0: none, it is that of the order.'),
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
    { name: 'order_address_replaced_by_check', expression: 'replaced_by >= 0' },
  ],
  triggers: [
    trigger('order_address', 'edited', {
      timing: 'after',
      events: ['update'],
      columns: personalColumns.order_address,
      when: `row(${of('new')}) is distinct from row(${of('old')}) and num_nonnulls(${of('new')}) > 0`,
      execute: 'check_edited_address',
    }),
  ],
});

/** Where an order goes, or who pays it; or did, before an edit. Erasure empties all but the country. */
export class OrderAddress extends OrderAddressSchema.class {}
OrderAddressSchema.setClass(OrderAddress);
