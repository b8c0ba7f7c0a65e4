import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { requirePriceList } from '../../catalog/operations/require-price-list.ts';
import { currencyCode, type JsonObject, metadata } from '../../bounds.ts';
import { mergedMetadata, metadataOf, newMetadata, withMetadataLimit } from '../../runtime/metadata.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../../catalog/slug.ts';
import { jsonb, nullable, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { extendedExpiry } from '../cart-expiry.ts';
import { priceListOf } from './cart-price.ts';
import { currencyNotFound } from './currency-not-found.ts';

const opening = z.strictObject({
  customerId: z.uuid().optional(),
  currencyCode,
  priceList: slug.default('base'),
  metadata: metadata.default({}),
});

/**
 * What {@link openCart} takes. Without `customerId`, the cart is a guest's. Prices are those of `priceList` (default
 * `base`), and of `base` where it has none. `metadata` (default none) is merged into that of a cart that is open
 * already: keys that are null are removed.
 */
export type CartOpening = z.input<typeof opening>;

/** How often a cart that another call opened may be gone before it is found. */
const maxAttempts = 10;

/** An open cart. */
export interface OpenedCart {
  id: string;
  /** The cart's that was open already, if there was one; `setCartCurrency` changes it. */
  currencyCode: string;
  /** Also that cart's; `setCartPriceList` changes it. */
  priceList: string;
  expiresAt: Date;
  metadata: JsonObject;
}

const closeExpiredCart = statement({
  params: { customerId: uuid },
  row: {},
  sql: `update cart set status = 'expired'
    where customer_id = :customerId and status = 'open' and expires_at <= now()`,
});

const openedCart = {
  id: uuid,
  currencyCode: text,
  priceList: text,
  expiresAt: timestamptz,
  metadata: jsonb<JsonObject>(),
};
const returningOpened = `returning id, currency_code as "currencyCode", ${priceListOf('cart')} as "priceList",
      expires_at as "expiresAt", ${metadataOf('metadata')} as metadata`;

const extendOpenCart = statement({
  params: { customerId: uuid, metadata: jsonb() },
  row: openedCart,
  sql: `update cart set expires_at = ${extendedExpiry}, metadata = ${mergedMetadata('metadata', ':metadata::jsonb')}
    where id = (select cart_id from customer_open_cart where customer_id = :customerId) and status = 'open'
    ${returningOpened}`,
});

const insertCart = statement({
  params: {
    id: uuid,
    customerId: nullable(uuid),
    currencyCode: text,
    priceList: text,
    metadata: nullable(jsonb()),
  },
  row: openedCart,
  sql: `insert into cart (id, customer_id, currency_code, price_list_code, metadata)
    select :id, :customerId, currency.code, nullif(:priceList, 'base'), :metadata::jsonb from currency
    where currency.code = :currencyCode
      and (:customerId::uuid is null
        or exists (select from customer where id = :customerId and erased_at is null))
    ${returningOpened}`,
});

// An erasure that is under way is waited for: it does not see the new cart. It has locked the carts before the customer,
// so this comes after the cart, which may wait for the end of an earlier one.
const lockCustomer = statement({
  params: { customerId: uuid },
  row: {},
  sql: 'select from customer where id = :customerId and erased_at is null for share',
});

const selectCurrency = statement({
  params: { code: text },
  row: {},
  sql: 'select from currency where code = :code',
});

/**
 * Opens a cart. It expires at the end of a day (UTC), at least 30 days after the last activity: whatever changes it
 * puts that off. A customer has one open cart: it is returned, for another 30 days, however many calls come at the same
 * time. An expired one is closed, and a new one opened. A guest gets a new one each time.
 *
 * @throws UserError `invalid-input`, `currency-not-found`, `price-list-not-found`, `metadata-too-large`
 * @throws UserError `customer-not-found`: nobody has this id, or the customer was erased
 */
export async function openCart(em: EntityManager, input: CartOpening): Promise<OpenedCart> {
  const parsed = parseInput(opening, input);
  for (let attempt = 1; ; attempt++) {
    try {
      return await withMetadataLimit(() => em.transactional((em) => findOrOpen(em, parsed)));
    } catch (error) {
      // Another call has opened one meanwhile: it is found now, unless it was ordered already.
      if (violatedConstraint(error) !== 'customer_open_cart_pkey' || attempt === maxAttempts) throw error;
    }
  }
}

async function findOrOpen(
  em: EntityManager,
  { customerId, currencyCode, priceList, metadata }: z.output<typeof opening>,
): Promise<OpenedCart> {
  await requirePriceList(em, priceList);
  if (customerId !== undefined) {
    await closeExpiredCart(em, { customerId });
    const [open] = await extendOpenCart(em, { customerId, metadata });
    if (open !== undefined) return open;
  }
  const [cart] = await insertCart(em, {
    id: uuidV7(),
    customerId,
    currencyCode,
    priceList,
    metadata: newMetadata(metadata),
  });
  if (cart === undefined) throw await reasonOfRefusal(em, currencyCode, customerId);
  if (customerId !== undefined && (await lockCustomer(em, { customerId })).length === 0) {
    throw await reasonOfRefusal(em, currencyCode, customerId);
  }
  return cart;
}

async function reasonOfRefusal(em: EntityManager, currencyCode: string, customerId: string | undefined) {
  const known = await selectCurrency(em, { code: currencyCode });
  return known.length === 0
    ? currencyNotFound(currencyCode)
    : new UserError('customer-not-found', `There is no customer ${customerId}.`);
}
