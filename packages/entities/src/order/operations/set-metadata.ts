import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { type JsonObject, metadata } from '../../bounds.ts';
import { extendedExpiry } from '../../cart/cart-expiry.ts';
import { cartNotOpen } from '../../cart/operations/lock-open-cart.ts';
import { mayHold } from '../../cart/operations/personal-lines.ts';
import { productNotFound } from '../../catalog/operations/get-product.ts';
import { variantNotFound } from '../../catalog/operations/set-price.ts';
import { customerNotFound } from '../../customer/operations/lock-customer.ts';
import { parseInput } from '../../parse-input.ts';
import { mergedMetadata, metadataOf, withMetadataLimit } from '../../runtime/metadata.ts';
import { jsonb, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

/** Sets the metadata of a row of `table` that meets the condition, which is SQL. */
const setWhere = (table: string, condition: string) =>
  statement({
    params: { id: uuid, changes: jsonb() },
    row: { metadata: jsonb<JsonObject>() },
    sql: `update ${table} set metadata = ${mergedMetadata('metadata', ':changes::jsonb')}
      where id = :id and ${condition} returning ${metadataOf('metadata')} as metadata`,
  });

const targets = {
  product: { set: setWhere('product', 'deleted_at is null'), notFound: productNotFound },
  variant: { set: setWhere('product_variant', 'deleted_at is null'), notFound: variantNotFound },
  customer: { set: setWhere('customer', 'erased_at is null'), notFound: customerNotFound },
  cart: {
    // The cart is locked before its customer is, as in an erasure.
    set: statement({
      params: { id: uuid, changes: jsonb() },
      row: { metadata: jsonb<JsonObject>() },
      sql: `with locked as (
          select id, customer_id from cart where id = :id and status = 'open' and expires_at > now() for no key update)
        update cart set metadata = ${mergedMetadata('cart.metadata', ':changes::jsonb')}, expires_at = ${extendedExpiry}
        from locked where cart.id = locked.id and ${mayHold(':changes::jsonb', 'locked.customer_id')}
        returning ${metadataOf('cart.metadata')} as metadata`,
    }),
    notFound: cartNotOpen,
  },
  order: {
    set: setWhere('sales_order', 'email is not null'),
    notFound: (id: string) =>
      new UserError('order-not-found', `There is no order ${id}, or its buyer was erased.`),
  },
};

const change = z.strictObject({
  of: z.enum(['product', 'variant', 'customer', 'cart', 'order']),
  id: z.uuid(),
  metadata,
});

/** What {@link setMetadata} takes: the changes, an object of JSON of at most 16 KiB and 10 levels. */
export type MetadataChange = z.infer<typeof change>;

/**
 * Changes the metadata of a product, a variant, a customer, an open cart or an order, which the shop keeps for purposes
 * of its own. Keys that are given replace those that are there, with all that is below them; null removes a key; all
 * others stay. Changes at the same time add up. That of customers, carts and orders is personal: it is exported and erased.
 *
 * @returns all of the row's metadata, afterwards
 * @throws UserError `invalid-input`; `metadata-too-large`: what is there and what is added are together
 * @throws UserError `product-not-found`, `variant-not-found`, `customer-not-found`, `cart-not-open`, `order-not-found`:
 *   there is none, it was deleted, or the person was erased
 * @example
 * ```ts
 * await setMetadata(em, { of: 'order', id: orderId, metadata: { giftWrap: true, source: null } });
 * ```
 */
export async function setMetadata(em: EntityManager, input: MetadataChange): Promise<JsonObject> {
  const { of, id, metadata } = parseInput(change, input);
  const [row] = await withMetadataLimit(() => targets[of].set(em, { id, changes: metadata }));
  if (row === undefined) throw targets[of].notFound(id);
  return row.metadata;
}
