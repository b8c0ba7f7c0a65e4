import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { requirePriceList } from '../../catalog/operations/require-price-list.ts';
import { currencyCode } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../../catalog/slug.ts';
import { nullable, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { priceListOf } from './cart-price.ts';

const opening = z.strictObject({
  customerId: z.uuid().optional(),
  currencyCode,
  priceList: slug.default('base'),
});

/**
 * What {@link openCart} takes. Without `customerId`, the cart is a guest's. Prices are those of `priceList` (default
 * `base`), and of `base` where it has none.
 */
export type CartOpening = z.input<typeof opening>;

/** An open cart. */
export interface OpenedCart {
  id: string;
  /** The cart's that was open already, if there was one. */
  currencyCode: string;
  /** Also that cart's; `setCartPriceList` changes it. */
  priceList: string;
  expiresAt: Date;
}

const closeExpiredCart = statement({
  params: { customerId: uuid },
  row: {},
  sql: `update cart set status = 'expired'
    where customer_id = :customerId and status = 'open' and expires_at <= now()`,
});

const upsertCart = statement({
  params: { id: uuid, customerId: nullable(uuid), currencyCode: text, priceList: text },
  row: { id: uuid, currencyCode: text, priceList: text, expiresAt: timestamptz },
  sql: `insert into cart (id, customer_id, currency_code, price_list_code)
    select :id, :customerId, currency.code, nullif(:priceList, 'base') from currency
    where currency.code = :currencyCode
      and (:customerId::uuid is null or exists (select from customer where id = :customerId and erased_at is null))
    on conflict (customer_id) where status = 'open' do update set expires_at = excluded.expires_at
    returning id, currency_code as "currencyCode", ${priceListOf('cart')} as "priceList", expires_at as "expiresAt"`,
});

const selectCurrency = statement({
  params: { code: text },
  row: {},
  sql: 'select from currency where code = :code',
});

/**
 * Opens a cart that expires in 30 days. A customer has one open cart: it is returned, for another 30 days, however many
 * calls come at the same time. An expired one is closed, and a new one opened. A guest gets a new one each time.
 *
 * @throws UserError `invalid-input`, `currency-not-found`, `price-list-not-found`
 * @throws UserError `customer-not-found`: nobody has this id, or the customer was erased
 */
export async function openCart(em: EntityManager, input: CartOpening): Promise<OpenedCart> {
  const { customerId = null, currencyCode, priceList } = parseInput(opening, input);
  return await em.transactional(async (em) => {
    await requirePriceList(em, priceList);
    if (customerId !== null) await closeExpiredCart(em, { customerId });
    const [cart] = await upsertCart(em, { id: uuidV7(), customerId, currencyCode, priceList });
    if (cart === undefined) throw await reasonOfRefusal(em, currencyCode, customerId);
    return cart;
  });
}

async function reasonOfRefusal(em: EntityManager, currencyCode: string, customerId: string | null) {
  const known = await selectCurrency(em, { code: currencyCode });
  return known.length === 0
    ? new UserError('currency-not-found', `The shop has no currency ${currencyCode}.`)
    : new UserError('customer-not-found', `There is no customer ${customerId}.`);
}
