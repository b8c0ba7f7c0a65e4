import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { currentPrice } from '../../catalog/operations/current-price.ts';
import { onceIfKeyed } from '../../runtime/once.ts';
import { key, wholeNumber } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { int4, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { type CartLineState, cartLineState, type StoredCartLine, storedCartLine } from './add-to-cart.ts';
import { isOffered, maxQuantity, variantNotForSale } from './for-sale.ts';
import { lockOpenCart } from './lock-open-cart.ts';

const removal = z.strictObject({
  idempotencyKey: key.optional(),
  cartId: z.uuid(),
  variantId: z.uuid(),
});
const update = removal.extend({ quantity: wholeNumber(1, maxQuantity) });

/** What {@link updateCartLine} takes: `quantity` is the new one, 1 to 9999. */
export type CartLineUpdate = z.infer<typeof update>;

/** What {@link removeCartLine} takes. */
export type CartLineRemoval = z.infer<typeof removal>;

const updateLine = statement({
  params: { cartId: uuid, variantId: uuid, quantity: int4, priceList: text, currencyCode: text },
  row: storedCartLine,
  sql: `update cart_line line set quantity = :quantity, unit_price_minor = price.amount_minor
    from (${currentPrice(':variantId', { priceList: ':priceList', currency: ':currencyCode' })}) price
    where line.cart_id = :cartId and line.variant_id = price.variant_id and ${isOffered}
    returning line.quantity, line.unit_price_minor::text as "unitPriceMinor"`,
});

const selectLine = statement({
  params: { cartId: uuid, variantId: uuid },
  row: {},
  sql: 'select from cart_line where cart_id = :cartId and variant_id = :variantId',
});

const deleteLine = statement({
  params: { cartId: uuid, variantId: uuid },
  row: {},
  sql: 'delete from cart_line where cart_id = :cartId and variant_id = :variantId',
});

/**
 * Sets the quantity of a line, at the current price in the cart's list. With an `idempotencyKey`, a repetition changes
 * nothing, and does not undo later changes.
 *
 * @throws UserError `invalid-input`, `cart-not-open`, `cart-line-not-found`, `idempotency-conflict`
 * @throws UserError `variant-not-for-sale`: it has no price now, or is not offered
 */
export async function updateCartLine(em: EntityManager, input: CartLineUpdate): Promise<CartLineState> {
  const request = parseInput(update, input);
  const line = await em.transactional((em) =>
    onceIfKeyed(em, 'update-cart-line', request, () => setQuantity(em, request)),
  );
  return cartLineState(line);
}

async function setQuantity(
  em: EntityManager,
  { cartId, variantId, quantity }: CartLineUpdate,
): Promise<StoredCartLine> {
  const { priceList, currencyCode } = await lockOpenCart(em, cartId);
  const [line] = await updateLine(em, { cartId, variantId, quantity, priceList, currencyCode });
  if (line !== undefined) return line;
  const present = await selectLine(em, { cartId, variantId });
  if (present.length > 0) throw variantNotForSale(variantId);
  throw new UserError('cart-line-not-found', `The cart ${cartId} has no line of the variant ${variantId}.`, {
    hint: 'Add it to the cart.',
  });
}

/**
 * Removes a line; does nothing where there is none. With an `idempotencyKey`, a repetition does not remove what was
 * added since.
 *
 * @throws UserError `invalid-input`, `cart-not-open`, `idempotency-conflict`
 */
export async function removeCartLine(em: EntityManager, input: CartLineRemoval): Promise<void> {
  const request = parseInput(removal, input);
  const { cartId, variantId } = request;
  await em.transactional((em) =>
    onceIfKeyed(em, 'remove-cart-line', request, async () => {
      await lockOpenCart(em, cartId);
      await deleteLine(em, { cartId, variantId });
      return {};
    }),
  );
}
