import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { JsonObject } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { metadataOf } from '../../runtime/metadata.ts';
import { jsonb, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { cartNotOpen, isOpenCart, openCartColumns, openCartRow } from './lock-open-cart.ts';
import { readCart } from './read-cart.ts';
import { type CartChanges, changesOf, subtotalOf } from './refresh-cart.ts';

const request = z.strictObject({ cartId: z.uuid() });

/** A line of a cart, as it is shown. */
export interface CartContentLine {
  lineId: string;
  variantId: string;
  /** What the buyer wants of it; `{}` for nothing. */
  properties: JsonObject;
  sku: string | null;
  title: string;
  variantTitle: string;
  quantity: number;
  /** What the buyer saw, in minor units; a checkout charges it, or is refused. */
  shownMinor: bigint;
  /** What it costs now. Undefined: it is not for sale in the cart's list and currency. */
  currentMinor: bigint | undefined;
  /** The list of the current price: the cart's, or `base`. */
  priceList: string;
}

/** An open cart with what is in it, and what has changed since its buyer saw it. */
export interface CartContent {
  id: string;
  /** Undefined: a guest's. */
  customerId: string | undefined;
  currencyCode: string;
  priceList: string;
  expiresAt: Date;
  metadata: JsonObject;
  /** In the order in which they were added. */
  lines: CartContentLine[];
  /** What the lines cost now, before discounts, shipping and taxes; `quoteCart` has those. */
  subtotalMinor: bigint;
  /** What `refreshCart` would change: nothing is changed here. */
  changes: Pick<CartChanges, 'prices' | 'shortages'>;
  coupon: CartChanges['coupon'];
}

const selectOpenCart = statement({
  params: { cartId: uuid },
  row: { ...openCartRow, expiresAt: timestamptz, metadata: jsonb<JsonObject>() },
  sql: `select ${openCartColumns}, cart.expires_at as "expiresAt", ${metadataOf('cart.metadata')} as metadata
    from cart
    where ${isOpenCart}`,
});

/**
 * Reads an open cart with its lines, their prices now, its coupon and its metadata. It only reads, which is no activity
 * of the buyer's, and may run on a replica, by `onReader`.
 *
 * @throws UserError `invalid-input`, `cart-not-open`
 */
export async function getCart(em: EntityManager, input: z.infer<typeof request>): Promise<CartContent> {
  const { cartId } = parseInput(request, input);
  const [cart] = await selectOpenCart(em, { cartId });
  if (cart === undefined) throw cartNotOpen(cartId);
  const contents = await readCart(em, cart);
  const { prices, shortages, coupon } = await changesOf(em, cart, contents);
  const isForSale = new Map(contents.lines.map((line) => [line.variantId, line.currentMinor !== undefined]));
  return {
    id: cart.id,
    customerId: cart.customerId ?? undefined,
    currencyCode: cart.currencyCode,
    priceList: cart.priceList,
    expiresAt: cart.expiresAt,
    metadata: cart.metadata,
    lines: contents.lines.map((line) => ({
      lineId: line.lineId,
      variantId: line.variantId,
      properties: line.properties ?? {},
      sku: line.sku,
      title: line.title,
      variantTitle: line.variantTitle,
      quantity: line.quantity,
      shownMinor: line.shownMinor,
      currentMinor: line.currentMinor,
      priceList: line.priceList,
    })),
    subtotalMinor: subtotalOf(contents.lines),
    changes: { prices, shortages: shortages.filter(({ variantId }) => isForSale.get(variantId)) },
    coupon,
  };
}
