import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { onceIfKeyed } from '../../runtime/once.ts';
import { bool, int4, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { key, properties, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { extendedExpiry } from '../cart-expiry.ts';
import { currentPriceIn } from './cart-price.ts';
import { isOffered, maxQuantity, variantNotForSale } from './for-sale.ts';
import { cartNotOpen, isOpenCart } from './lock-open-cart.ts';
import { mayHold } from './personal-lines.ts';

const addition = z.strictObject({
  idempotencyKey: key.optional(),
  cartId: z.uuid(),
  variantId: z.uuid(),
  properties: properties.default({}),
  quantity: wholeNumber(1, maxQuantity),
});

/**
 * What {@link addToCart} takes. `properties` (default none) are what the buyer wants of the line, such as an engraving:
 * at most 4 KiB of JSON, 5 levels deep. With an `idempotencyKey` it can be repeated, and adds once.
 */
export type CartAddition = z.input<typeof addition>;

type ParsedAddition = z.output<typeof addition>;

/** A line of a cart, after the addition. */
export interface CartLineState {
  /** Of its variant and properties: the same in every cart. Without properties it is the variant's. */
  lineId: string;
  quantity: number;
  unitPriceMinor: bigint;
}

/** {@link CartLineState} as it is stored with a key: JSON has no bigint. */
export const storedCartLine = { lineId: uuid, quantity: int4, unitPriceMinor: text };
export type StoredCartLine = RowOf<typeof storedCartLine>;

// The update waits for a checkout of the cart; the cart is not open then.
const upsertLine = statement({
  isPrepared: true,
  params: {
    cartId: uuid,
    variantId: uuid,
    properties: nullable(jsonb()),
    quantity: int4,
    maxQuantity: int4,
  },
  row: storedCartLine,
  sql: `with extended as (
      update cart set expires_at = ${extendedExpiry} where ${isOpenCart}
      returning cart.id, cart.customer_id, cart.currency_code, cart.price_list_code)
    insert into cart_line as line (cart_id, variant_id, properties, quantity, unit_price_minor)
    select extended.id, price.variant_id, :properties::jsonb, :quantity, price.amount_minor
    from extended cross join lateral (${currentPriceIn('extended', ':variantId')}) price
    where ${isOffered} and ${mayHold(':properties::jsonb', 'extended.customer_id')}
    on conflict (cart_id, id) do update
      set quantity = line.quantity + excluded.quantity, unit_price_minor = excluded.unit_price_minor
      where line.quantity + excluded.quantity <= :maxQuantity
    returning id as "lineId", quantity, unit_price_minor::text as "unitPriceMinor"`,
});

/**
 * Adds units of a variant to the line of an open cart that has the same properties, or as a new line, at the current
 * price in the cart's list and currency; like every change of a cart it lets it live for another 30 days. Concurrent
 * additions add up; those with the same `idempotencyKey` add once, and return the same line. The stock is not looked
 * at: checkout does that.
 *
 * @throws UserError `invalid-input`, `cart-not-open`, `idempotency-conflict`
 * @throws UserError `variant-not-for-sale`: it has no price now, or is not offered
 * @throws UserError `quantity-too-large`: the line would have more than 9999 units
 * @example
 * ```ts
 * const { id: cartId } = await openCart(em, { customerId, currencyCode: 'EUR' });
 * const { quantity, unitPriceMinor } = await addToCart(em, { cartId, variantId, quantity: 2 });
 * ```
 */
export async function addToCart(em: EntityManager, input: CartAddition): Promise<CartLineState> {
  const request = parseInput(addition, input);
  const add = (em: EntityManager) => onceIfKeyed(em, 'add-to-cart', request, () => addLine(em, request));
  // Without a key it is one statement.
  const line = request.idempotencyKey === undefined ? await add(em) : await em.transactional(add);
  return cartLineState(line);
}

/** A stored line as callers get it. */
export function cartLineState(line: StoredCartLine): CartLineState {
  return { ...line, unitPriceMinor: BigInt(line.unitPriceMinor) };
}

async function addLine(
  em: EntityManager,
  { cartId, variantId, properties, quantity }: ParsedAddition,
): Promise<StoredCartLine> {
  const wanted = Object.keys(properties).length > 0 ? properties : null;
  const addition = { cartId, variantId, properties: wanted, quantity, maxQuantity };
  const [line] = await upsertLine(em, addition);
  if (line === undefined) throw await reasonOfRefusal(em, addition);
  return line;
}

const lookForLine = statement({
  params: { cartId: uuid, variantId: uuid, properties: nullable(jsonb()), quantity: int4, maxQuantity: int4 },
  row: { isOpen: bool, isFull: bool },
  sql: `select exists (select from cart left join customer on customer.id = cart.customer_id
        where ${isOpenCart} and customer.erased_at is null) as "isOpen",
      exists (select from cart_line where cart_id = :cartId and variant_id = :variantId
        and properties is not distinct from :properties::jsonb and quantity + :quantity > :maxQuantity) as "isFull"`,
});

async function reasonOfRefusal(em: EntityManager, addition: Parameters<typeof lookForLine>[1]) {
  const [found] = await lookForLine(em, addition);
  if (!found?.isOpen) {
    return cartNotOpen(addition.cartId);
  }
  if (found.isFull) {
    return new UserError('quantity-too-large', `A line of a cart has at most ${maxQuantity} units.`);
  }
  return variantNotForSale(addition.variantId);
}
