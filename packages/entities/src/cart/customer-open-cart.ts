import { defineEntity, p } from '@mikro-orm/core';

const CustomerOpenCartSchema = defineEntity({
  name: 'CustomerOpenCart',
  tableName: 'customer_open_cart',
  comment: 'The open cart of a customer, of which there is one at most. Kept by a trigger.',
  properties: {
    customerId: p.uuid().primary(),
    cartId: p.uuid(),
  },
});

/** Which cart of a customer is open. */
export class CustomerOpenCart extends CustomerOpenCartSchema.class {}
CustomerOpenCartSchema.setClass(CustomerOpenCart);
