import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { executePrepared } from '../../runtime/execute-prepared.ts';
import { onceIfKeyed } from '../../runtime/once.ts';
import { parseInput } from '../../parse-input.ts';
import { currentPriceIn } from './cart-price.ts';
import { isOffered, maxQuantity, variantNotForSale } from './for-sale.ts';
import { cartNotOpen } from './lock-open-cart.ts';

const addition = z.strictObject({
  idempotencyKey: z.string().min(1).max(200).optional(),
  cartId: z.uuid(),
  variantId: z.uuid(),
  quantity: z.int().min(1).max(maxQuantity),
});

/** What {@link addToCart} takes. With an `idempotencyKey` it may be repeated, and adds once. */
export type CartAddition = z.infer<typeof addition>;

/** A line of a cart, after the addition. */
export interface CartLineState {
  quantity: number;
  unitPriceMinor: bigint;
}

/** {@link CartLineState} as it is stored with a key. */
export type StoredCartLine = { quantity: number; unit_price_minor: string };

/**
 * Adds units of a variant to an open cart, at the current price in the cart's list and currency. Additions at the same
 * time add up; those of one `idempotencyKey` add once, and answer alike. The stock is not looked at: checkout does.
 *
 * @throws UserError `bad-input`; `cart-not-open`; `variant-not-for-sale`; `quantity-too-large` above 9999 in all;
 *   `idempotency-conflict`
 * @example
 * ```ts
 * const { id: cartId } = await openCart(em, { customerId, currencyCode: 'EUR' });
 * const { quantity, unitPriceMinor } = await addToCart(em, { cartId, variantId, quantity: 2 });
 * ```
 */
export async function addToCart(em: EntityManager, input: CartAddition): Promise<CartLineState> {
  const request = parseInput(addition, input);
  const add = (em: EntityManager) => onceIfKeyed(em, 'add-to-cart', request, () => upsertLine(em, request));
  // Without a key it is one statement.
  const line = request.idempotencyKey === undefined ? await add(em) : await em.transactional(add);
  return cartLineState(line);
}

/** A line as it is told to the caller. */
export function cartLineState(line: StoredCartLine): CartLineState {
  return { quantity: line.quantity, unitPriceMinor: BigInt(line.unit_price_minor) };
}

async function upsertLine(
  em: EntityManager,
  { cartId, variantId, quantity }: CartAddition,
): Promise<StoredCartLine> {
  // The share lock waits for a checkout of the cart; the cart is not open then.
  const [line] = await executePrepared<StoredCartLine>(
    em,
    `insert into cart_line as line (cart_id, variant_id, quantity, unit_price_minor)
     select cart.id, price.variant_id, $1::integer, price.amount_minor
     from cart cross join lateral (${currentPriceIn('cart', '$3')}) price
     where cart.id = $2 and cart.status = 'open' and cart.expires_at > now()
       and ${isOffered}
     for share of cart
     on conflict (cart_id, variant_id) do update
       set quantity = line.quantity + excluded.quantity, unit_price_minor = excluded.unit_price_minor
       where line.quantity + excluded.quantity <= $4
     returning quantity, unit_price_minor`,
    [quantity, cartId, variantId, maxQuantity],
  );
  if (line === undefined) throw await reasonOfRefusal(em, { cartId, variantId });
  return line;
}

async function reasonOfRefusal(
  em: EntityManager,
  { cartId, variantId }: Pick<CartAddition, 'cartId' | 'variantId'>,
) {
  const [found] = await em.execute<{ open: boolean; present: boolean }[]>(
    `select exists (select from cart where id = ? and status = 'open' and expires_at > now()) as open,
            exists (select from cart_line where cart_id = ? and variant_id = ?) as present`,
    [cartId, cartId, variantId],
  );
  if (!found?.open) {
    return cartNotOpen(cartId);
  }
  if (found.present) {
    return new UserError('quantity-too-large', `A line of a cart has at most ${maxQuantity} units.`);
  }
  return variantNotForSale(variantId);
}
