import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, jsonb, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { postalAddress } from '../postal-address.ts';
import { addressColumns, jsonKey } from '../personal-columns.ts';
import { lockCustomer } from './lock-customer.ts';

const entry = postalAddress.extend({
  isDefaultShipping: z.boolean().default(false),
  isDefaultBilling: z.boolean().default(false),
});
const addition = entry.extend({ customerId: z.uuid() });
const replacement = entry.extend({ customerId: z.uuid(), addressId: z.uuid() });
const removal = z.strictObject({ customerId: z.uuid(), addressId: z.uuid() });

const entryColumns = [...addressColumns, 'is_default_shipping', 'is_default_billing'];
const columns = entryColumns.join(', ');
const given = 'jsonb_populate_record(null::customer_address, :address)';
/** The columns of an address, for `given`. */
const rowOf = (address: Record<string, unknown>) =>
  Object.fromEntries(entryColumns.map((column) => [column, address[jsonKey(column)]]));

const insertAddress = statement({
  params: { customerId: uuid, address: jsonb() },
  row: { addressId: uuid },
  // The first address is the default of both kinds.
  sql: `insert into customer_address (customer_id, ${columns})
    select :customerId, ${addressColumns.join(', ')}, is_default_shipping or is_first, is_default_billing or is_first
    from ${given},
      (select not exists (select from customer_address where customer_id = :customerId) as is_first) book
    returning id as "addressId"`,
});

const updateAddress = statement({
  params: { customerId: uuid, addressId: uuid, address: jsonb() },
  row: { id: uuid },
  sql: `update customer_address set (${columns}) = (select ${columns} from ${given})
    where id = :addressId and customer_id = :customerId returning id`,
});

const deleteAddress = statement({
  params: { customerId: uuid, addressId: uuid },
  sql: 'delete from customer_address where id = :addressId and customer_id = :customerId',
});

// A unique index allows one default of each kind.
const clearDefaults = statement({
  params: { customerId: uuid, isDefaultShipping: bool, isDefaultBilling: bool },
  sql: `update customer_address
    set is_default_shipping = is_default_shipping and not :isDefaultShipping,
      is_default_billing = is_default_billing and not :isDefaultBilling
    where customer_id = :customerId and (is_default_shipping or is_default_billing)`,
});

const hasDefault = (address: z.output<typeof entry>) => address.isDefaultShipping || address.isDefaultBilling;

/** What {@link addAddress} takes. A new default address replaces the default before. */
export type NewAddress = z.input<typeof addition>;
/** What {@link changeAddress} takes: the whole address; what is left out is removed. */
export type ChangedAddress = z.input<typeof replacement>;

/**
 * Adds an address to a customer's address book. The first one is the default for both shipping and billing.
 *
 * @throws UserError `invalid-input`, `customer-not-found`
 */
export async function addAddress(em: EntityManager, input: NewAddress): Promise<{ addressId: string }> {
  const { customerId, ...address } = parseInput(addition, input);
  return await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    if (hasDefault(address)) await clearDefaults(em, { customerId, ...address });
    return onlyRow(await insertAddress(em, { customerId, address: rowOf(address) }));
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
    if (hasDefault(address)) await clearDefaults(em, { customerId, ...address });
    const changed = await updateAddress(em, { customerId, addressId, address: rowOf(address) });
    if (changed.length === 0) {
      throw new UserError('address-not-found', `The customer ${customerId} has no address ${addressId}.`);
    }
  });
}

/**
 * Removes an address from a customer's address book. Does nothing if it is not there. No other becomes a default.
 *
 * @throws UserError `invalid-input`
 */
export async function removeAddress(em: EntityManager, input: z.infer<typeof removal>): Promise<void> {
  await deleteAddress(em, parseInput(removal, input));
}
