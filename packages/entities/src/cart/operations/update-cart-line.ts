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

const line = z.strictObject({
  idempotencyKey: key.optional(),
  cartId: z.uuid(),
  lineId: z.uuid().optional(),
  variantId: z.uuid().optional(),
});
const namesOneLine = ({
  lineId,
  variantId,
}: {
  lineId?: string | undefined;
  variantId?: string | undefined;
}) => (lineId === undefined) !== (variantId === undefined);
const needsOneLine = 'either a lineId or a variantId';
const removal = line.refine(namesOneLine, needsOneLine);
const update = line.extend({ quantity: wholeNumber(1, maxQuantity) }).refine(namesOneLine, needsOneLine);

/**
 * What {@link updateCartLine} takes: `quantity` is the new one, 1 to 9999. The line is named by its `lineId`, or by its
 * `variantId` where it has no properties.
 */
export type CartLineUpdate = z.infer<typeof update>;

/** What {@link removeCartLine} takes: which line, as in {@link CartLineUpdate}. */
export type CartLineRemoval = z.infer<typeof removal>;

/** Without properties, the id of a line is that of its variant. */
function lineIdOf({ lineId, variantId }: CartLineRemoval): string {
  return lineId ?? variantId ?? '';
}

const updateLine = statement({
  params: { cartId: uuid, lineId: uuid, quantity: int4, priceList: text, currencyCode: text },
  row: storedCartLine,
  sql: `update cart_line line set quantity = :quantity, unit_price_minor = price.amount_minor
    from cart_line wanted cross join lateral (
      ${currentPrice('wanted.variant_id', { priceList: ':priceList', currency: ':currencyCode' })}) price
    where wanted.cart_id = :cartId and wanted.id = :lineId
      and line.cart_id = wanted.cart_id and line.id = wanted.id and ${isOffered}
    returning line.id as "lineId", line.quantity, line.unit_price_minor::text as "unitPriceMinor"`,
});

const selectLine = statement({
  params: { cartId: uuid, lineId: uuid },
  row: { variantId: uuid },
  sql: 'select variant_id as "variantId" from cart_line where cart_id = :cartId and id = :lineId',
});

const deleteLine = statement({
  params: { cartId: uuid, lineId: uuid },
  row: {},
  sql: 'delete from cart_line where cart_id = :cartId and id = :lineId',
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

async function setQuantity(em: EntityManager, request: CartLineUpdate): Promise<StoredCartLine> {
  const { cartId, quantity } = request;
  const lineId = lineIdOf(request);
  const { priceList, currencyCode } = await lockOpenCart(em, cartId);
  const [line] = await updateLine(em, { cartId, lineId, quantity, priceList, currencyCode });
  if (line !== undefined) return line;
  const [present] = await selectLine(em, { cartId, lineId });
  if (present !== undefined) throw variantNotForSale(present.variantId);
  throw new UserError('cart-line-not-found', `The cart ${cartId} has no line ${lineId}.`, {
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
  const { cartId } = request;
  await em.transactional((em) =>
    onceIfKeyed(em, 'remove-cart-line', request, async () => {
      await lockOpenCart(em, cartId);
      await deleteLine(em, { cartId, lineId: lineIdOf(request) });
      return {};
    }),
  );
}
