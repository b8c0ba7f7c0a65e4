import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, jsonb, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
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
const record = `jsonb_to_record(:address) as a ("fullName" text, company text, line1 text, line2 text, city text,
  region text, "postalCode" text, "countryCode" text, phone text, "isDefaultShipping" boolean,
  "isDefaultBilling" boolean)`;
const values = `"fullName", company, line1, line2, city, region, "postalCode", "countryCode", phone,
  "isDefaultShipping", "isDefaultBilling"`;

const selectHasAddress = statement({
  params: { customerId: uuid },
  row: { hasAddress: bool },
  sql: 'select exists (select from customer_address where customer_id = :customerId) as "hasAddress"',
});

const insertAddress = statement({
  params: { customerId: uuid, address: jsonb() },
  row: { addressId: uuid },
  sql: `insert into customer_address (customer_id, ${columns}) select :customerId, ${values} from ${record}
    returning id as "addressId"`,
});

const updateAddress = statement({
  params: { customerId: uuid, addressId: uuid, address: jsonb() },
  row: { id: uuid },
  sql: `update customer_address set (${columns}) = (select ${values} from ${record})
    where id = :addressId and customer_id = :customerId returning id`,
});

const deleteAddress = statement({
  params: { customerId: uuid, addressId: uuid },
  row: {},
  sql: 'delete from customer_address where id = :addressId and customer_id = :customerId',
});

const clearDefaults = statement({
  params: { customerId: uuid, isDefaultShipping: bool, isDefaultBilling: bool },
  row: {},
  sql: `update customer_address
    set is_default_shipping = is_default_shipping and not :isDefaultShipping,
      is_default_billing = is_default_billing and not :isDefaultBilling
    where customer_id = :customerId and (is_default_shipping or is_default_billing)`,
});

/** An address for the address book; a default one replaces the default before. */
export type NewAddress = z.input<typeof addition>;
/** An address as it shall be: what is left out is removed. */
export type ChangedAddress = z.input<typeof replacement>;

/**
 * Adds an address to a customer's address book. The first one is the default of both kinds.
 *
 * @throws UserError `invalid-input`, `customer-not-found`
 */
export async function addAddress(em: EntityManager, input: NewAddress): Promise<{ addressId: string }> {
  const { customerId, ...address } = parseInput(addition, input);
  return await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    const [book] = await selectHasAddress(em, { customerId });
    const first = book?.hasAddress ? {} : { isDefaultShipping: true, isDefaultBilling: true };
    await endDefaults(em, customerId, address);
    const [added] = await insertAddress(em, { customerId, address: { ...address, ...first } });
    if (added === undefined) throw new Error('An INSERT of a row returns it.');
    return added;
  });
}

/**
 * Replaces an address of a customer's address book.
 *
 * @throws UserError `invalid-input`, `customer-not-found`, `address-not-found`
 */
export async function changeAddress(em: EntityManager, input: ChangedAddress): Promise<void> {
  const { customerId, addressId, ...address } = parseInput(replacement, input);
  await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    await endDefaults(em, customerId, address);
    const changed = await updateAddress(em, { customerId, addressId, address });
    if (changed.length === 0) {
      throw new UserError('address-not-found', `The customer ${customerId} has no address ${addressId}.`);
    }
  });
}

/**
 * Removes an address. One that is not in the customer's address book is removed already. No other becomes a default.
 *
 * @throws UserError `invalid-input`
 */
export async function removeAddress(em: EntityManager, input: z.infer<typeof removal>): Promise<void> {
  await deleteAddress(em, parseInput(removal, input));
}

/** Makes room for new defaults, which a unique index allows once. */
async function endDefaults(
  em: EntityManager,
  customerId: string,
  defaults: { isDefaultShipping: boolean; isDefaultBilling: boolean },
): Promise<void> {
  const { isDefaultShipping, isDefaultBilling } = defaults;
  if (!isDefaultShipping && !isDefaultBilling) return;
  await clearDefaults(em, { customerId, isDefaultShipping, isDefaultBilling });
}
