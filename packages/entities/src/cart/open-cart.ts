import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../parse-input.ts';
import { uuidV7 } from '../uuid-v7.ts';

const opening = z.strictObject({
  customerId: z.uuid().optional(),
  currencyCode: z.string().regex(/^[A-Z]{3}$/, 'not an ISO 4217 code'),
});

/** What {@link openCart} takes. Without `customerId`, the cart is a guest's. */
export type CartOpening = z.infer<typeof opening>;

/** An open cart. */
export interface OpenedCart {
  id: string;
  /** That of the cart which was open already, if one was. */
  currencyCode: string;
  expiresAt: Date;
}

/**
 * Opens a cart that expires in 30 days. A customer has one open cart: it is returned, for another 30 days, however many
 * ask at the same time. One that has expired is closed, and a new one opened. A guest gets a new one each time.
 *
 * @throws UserError `bad-input`; `customer-not-found`; `unknown-currency`
 */
export async function openCart(em: EntityManager, input: CartOpening): Promise<OpenedCart> {
  const { customerId = null, currencyCode } = parseInput(opening, input);
  const row = await em.transactional(async (em) => {
    if (customerId !== null) {
      await em.execute(
        `update cart set status = 'expired' where customer_id = ? and status = 'open' and expires_at <= now()`,
        [customerId],
      );
    }
    const [row] = await em.execute<{ id: string; currencyCode: string; expiresAt: string | Date }[]>(
      `insert into cart (id, customer_id, currency_code)
       select ?, ?, currency.code from currency
       where currency.code = ?
         and (?::uuid is null or exists (select from customer where id = ?::uuid and erased_at is null))
       on conflict (customer_id) where status = 'open' do update set expires_at = excluded.expires_at
       returning id, currency_code as "currencyCode", expires_at as "expiresAt"`,
      [uuidV7(), customerId, currencyCode, customerId, customerId],
    );
    if (row === undefined) throw await reasonOfRefusal(em, currencyCode, customerId);
    return row;
  });
  return { ...row, expiresAt: new Date(row.expiresAt) };
}

async function reasonOfRefusal(em: EntityManager, currencyCode: string, customerId: string | null) {
  const known = await em.execute<unknown[]>('select from currency where code = ?', [currencyCode]);
  return known.length === 0
    ? new UserError('unknown-currency', `The currency ${currencyCode} is not one of the shop.`)
    : new UserError('customer-not-found', `There is no customer ${customerId}.`);
}
