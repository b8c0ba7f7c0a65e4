import { defineEntity, p } from '@mikro-orm/core';
import { Currency } from '../catalog/currency.ts';
import { PriceList } from '../catalog/price.ts';
import { ProductVariant } from '../catalog/product.ts';
import { jsonLimits, type JsonObject } from '../bounds.ts';
import { createdAt, id, metadata, minorUnits, oneOf, timestamp, updatedAt } from '../columns.ts';
import { Customer } from '../customer/customer.ts';
import { objectCheck, oneOfCheck } from '../length-check.ts';
import { statusMachine } from '../status-machine.ts';
import { currencyTrigger, statusTransitionTrigger, trigger, updatedAtTrigger } from '../triggers.ts';
import { cartExpiry } from './cart-expiry.ts';

/** The life of a cart. */
export const cartMachine = statusMachine(
  'cart',
  ['open', 'completed', 'merged', 'expired'],
  [
    { from: 'new', to: 'open', by: ['openCart'] },
    { from: 'open', to: 'completed', by: ['checkout'] },
    { from: 'open', to: 'merged', by: ['mergeCarts'] },
    { from: 'open', to: 'expired', by: ['expireCarts', 'openCart', 'erasePerson'] },
  ],
);

const CartSchema = defineEntity({
  name: 'Cart',
  tableName: 'cart',
  properties: {
    id,
    /** Null for a guest. */
    customer: () => p.manyToOne(Customer).nullable().deleteRule('no action'),
    currency: () => p.manyToOne(Currency).createForeignKeyConstraint(false),
    /** Null: `base`. */
    priceList: () =>
      p
        .manyToOne(PriceList)
        .nullable()
        .deleteRule('no action')
        .comment(
          'The list whose prices are charged; null: base, which also has the price of what a list has none for.',
        ),
    status: oneOf(cartMachine.statuses).default('open'),
    mergedInto: () => p.manyToOne(Cart).nullable().deleteRule('no action'),
    expiresAt: timestamp()
      .defaultRaw(cartExpiry)
      .comment(
        'The end of a day (UTC), at least 30 days after the last activity: what changes the cart puts it off.',
      ),
    metadata,
    createdAt,
    updatedAt,
    lines: () => p.oneToMany(CartLine).mappedBy('cart'),
  },
  indexes: [
    { name: 'cart_customer_id_index', properties: ['customer'], where: 'customer_id is not null' },
    { name: 'cart_merged_into_id_index', properties: ['mergedInto'], where: 'merged_into_id is not null' },
  ],
  checks: [
    oneOfCheck('cart', 'status', cartMachine.statuses),
    objectCheck('cart', 'metadata', jsonLimits.metadata),
    { name: 'cart_price_list_code_check', expression: `price_list_code <> 'base'` },
    {
      name: 'cart_merged_check',
      expression: `(status = 'merged') = (merged_into_id is not null) and merged_into_id <> id`,
    },
  ],
  triggers: [
    currencyTrigger('cart'),
    trigger('cart', 'open_index', {
      timing: 'after',
      events: ['insert', 'delete'],
      execute: 'index_open_cart',
    }),
    // Activity sets the day on which a cart expires, which mostly is the same one.
    trigger('cart', 'open_reindex', {
      timing: 'after',
      events: ['update'],
      columns: ['status', 'customer_id', 'expires_at'],
      when: `row(new.status, new.customer_id, new.expires_at)
  is distinct from row(old.status, old.customer_id, old.expires_at)`,
      execute: 'index_open_cart',
    }),
    statusTransitionTrigger(cartMachine),
    updatedAtTrigger('cart'),
  ],
});

/** What somebody is about to buy. A customer has at most one open cart. */
export class Cart extends CartSchema.class {}
CartSchema.setClass(Cart);

const CartLineSchema = defineEntity({
  name: 'CartLine',
  tableName: 'cart_line',
  properties: {
    cart: () => p.manyToOne(Cart).primary().deleteRule('cascade').updateRule('no action'),
    id: p
      .uuid()
      .primary()
      .generated(
        `case when (properties is null) then variant_id else (overlay(overlay(substr(encode(sha256((replace(((variant_id)::text || (properties)::text), '\\', '\\\\'))::bytea), 'hex'), 1, 32) placing '8' from 13) placing '8' from 17))::uuid end stored`,
      )
      .comment(
        'Of its variant and properties: a cart has one line of both. Without properties it is the variant’s.',
      ),
    variant: () => p.manyToOne(ProductVariant).deleteRule('no action').updateRule('no action'),
    properties: p
      .json<JsonObject>()
      .nullable()
      .comment('What the buyer wants of it, such as an engraving; null: nothing. Personal.'),
    quantity: p.integer(),
    unitPriceMinor: minorUnits().comment(
      'The price that the customer saw, in the currency of the cart. Checkout compares it with the current one.',
    ),
    createdAt,
  },
  checks: [
    { name: 'cart_line_quantity_check', expression: 'quantity >= 1 and quantity <= 9999' },
    { name: 'cart_line_unit_price_minor_check', expression: 'unit_price_minor >= 0' },
    objectCheck('cart_line', 'properties', jsonLimits.properties),
  ],
});

/** A variant in a cart, with what the buyer wants of it. */
export class CartLine extends CartLineSchema.class {}
CartLineSchema.setClass(CartLine);
