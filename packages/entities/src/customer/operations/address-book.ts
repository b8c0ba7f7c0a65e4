import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { postalAddress } from '../postal-address.ts';
import { lockCustomer } from './lock-customer.ts';

const entry = postalAddress.extend({
  isDefaultShipping: z.boolean().default(false),
  isDefaultBilling: z.boolean().default(false),
});
const addition = entry.extend({ customerId: z.uuid() });
const replacement = entry.extend({ customerId: z.uuid(), addressId: z.uuid() });
const removal = z.strictObject({ customerId: z.uuid(), addressId: z.uuid() });

const columns = `full_name, company, line1, line2, city, region, postal_code, country_code, phone,
  is_default_shipping, is_default_billing`;
const record = `jsonb_to_record(?::jsonb) as a ("fullName" text, company text, line1 text, line2 text, city text,
  region text, "postalCode" text, "countryCode" text, phone text, "isDefaultShipping" boolean,
  "isDefaultBilling" boolean)`;
const values = `"fullName", company, line1, line2, city, region, "postalCode", "countryCode", phone,
  "isDefaultShipping", "isDefaultBilling"`;

/** An address for the address book; a default one replaces the default before. */
export type NewAddress = z.input<typeof addition>;
/** An address as it shall be: what is left out is removed. */
export type ChangedAddress = z.input<typeof replacement>;

/**
 * Adds an address to a customer's address book. The first one is the default of both kinds.
 *
 * @throws UserError `bad-input`, `customer-not-found`
 */
export async function addAddress(em: EntityManager, input: NewAddress): Promise<{ addressId: string }> {
  const { customerId, ...address } = parseInput(addition, input);
  return await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    const [book] = await em.execute<{ empty: boolean }[]>(
      'select not exists (select from customer_address where customer_id = ?) as empty',
      [customerId],
    );
    const first = book?.empty ? { isDefaultShipping: true, isDefaultBilling: true } : {};
    await endDefaults(em, customerId, address);
    const [added] = await em.execute<{ id: string }[]>(
      `insert into customer_address (customer_id, ${columns}) select ?, ${values} from ${record} returning id`,
      [customerId, JSON.stringify({ ...address, ...first })],
    );
    return { addressId: String(added?.id) };
  });
}

/**
 * Replaces an address of a customer's address book.
 *
 * @throws UserError `bad-input`, `customer-not-found`, `address-not-found`
 */
export async function changeAddress(em: EntityManager, input: ChangedAddress): Promise<void> {
  const { customerId, addressId, ...address } = parseInput(replacement, input);
  await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    await endDefaults(em, customerId, address);
    const changed = await em.execute<unknown[]>(
      `update customer_address set (${columns}) = (select ${values} from ${record})
       where id = ? and customer_id = ? returning id`,
      [JSON.stringify(address), addressId, customerId],
    );
    if (changed.length === 0) {
      throw new UserError('address-not-found', `The customer ${customerId} has no address ${addressId}.`);
    }
  });
}

/**
 * Removes an address. One that is not in the customer's address book is removed already. No other becomes a default.
 *
 * @throws UserError `bad-input`
 */
export async function removeAddress(em: EntityManager, input: z.infer<typeof removal>): Promise<void> {
  const { customerId, addressId } = parseInput(removal, input);
  await em.execute('delete from customer_address where id = ? and customer_id = ?', [addressId, customerId]);
}

/** Makes room for new defaults, which a unique index allows once. */
async function endDefaults(
  em: EntityManager,
  customerId: string,
  defaults: { isDefaultShipping: boolean; isDefaultBilling: boolean },
): Promise<void> {
  const { isDefaultShipping, isDefaultBilling } = defaults;
  if (!isDefaultShipping && !isDefaultBilling) return;
  await em.execute(
    `update customer_address
     set is_default_shipping = is_default_shipping and not ?::boolean,
         is_default_billing = is_default_billing and not ?::boolean
     where customer_id = ? and (is_default_shipping or is_default_billing)`,
    [isDefaultShipping, isDefaultBilling, customerId],
  );
}
