import type { Emit, Uuid } from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { float8 } from '../runtime/sql-type.ts';
import { onlyRow, statement } from '../runtime/statement.ts';
import { personalColumns } from './personal-columns.ts';
import type { SeedContext } from '../seed-context/seed-context.ts';
import { type Address, addressColumns, drawAddress, drawPerson, type Person } from './seed-person.ts';
import { dayMs } from '../seed-context/shop-calendar.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const customerTables = {
  customer: ['id', ...personalColumns.customer, 'accepts_marketing', 'erased_at', 'created_at', 'updated_at'],
  customer_credential: [
    'id',
    'customer_id',
    'provider',
    'subject',
    'secret_hash',
    'created_at',
    'updated_at',
  ],
  customer_address: [
    'id',
    'customer_id',
    ...addressColumns,
    'is_default_shipping',
    'is_default_billing',
    'created_at',
  ],
} as const;

export interface CustomerContext extends SeedContext {
  customers: number;
  /** Makes e-mail addresses and the like unique. */
  firstCustomerNumber: number;
}

const countCustomers = statement({
  row: { count: float8 },
  sql: 'select count(*)::float8 as count from customer',
});

export async function readFirstCustomerNumber(client: ClientBase): Promise<number> {
  return onlyRow(await countCustomers(client, {})).count + 1;
}

export interface SeedCustomer {
  id: Uuid;
  person: Person;
  registeredAt: number;
  /** When the personal data was erased; undefined for most. */
  erasedAt: number | undefined;
  address: Address;
}

const erasedShare = 0.015;
const passwordShare = 0.9;
/** The hash of no password: nobody can log in as a seeded customer. */
const unusableHash = '!';

/** Customer `index`, in order of registration; orders and carts call it, too. */
export function customerAt(context: CustomerContext, index: number): SeedCustomer {
  const { random, words, customers, time, atMs } = context;
  const draw = random.draw('customer', index);
  const registeredAt = time((index + draw.unit()) / customers);
  const erasedAt = draw.chance(erasedShare) ? registeredAt + draw.int(120, 500) * dayMs : Infinity;
  const person = drawPerson(draw, words, String(context.firstCustomerNumber + index));
  return {
    id: draw.uuid7(registeredAt),
    person,
    registeredAt,
    erasedAt: erasedAt <= atMs ? erasedAt : undefined,
    address: drawAddress(draw, words, person),
  };
}

/** A customer with credential and address book. */
export function generateCustomer(
  index: number,
  emit: Emit<typeof customerTables>,
  context: CustomerContext,
): void {
  const customer = customerAt(context, index);
  const { id, person, registeredAt, erasedAt } = customer;
  const draw = context.random.draw('customer.account', index);
  const isErased = erasedAt !== undefined;
  emit.customer({
    id,
    email: isErased ? null : person.email,
    first_name: isErased ? null : person.firstName,
    last_name: isErased ? null : person.lastName,
    phone: isErased ? null : person.phone,
    metadata: null,
    accepts_marketing: !isErased && draw.chance(0.4),
    erased_at: erasedAt ?? null,
    created_at: registeredAt,
    updated_at: erasedAt ?? registeredAt,
  });
  // Erasure has deleted the credential and the address book.
  if (isErased) return;

  const hasPassword = draw.chance(passwordShare);
  emit.customer_credential({
    id: draw.uuid7(registeredAt),
    customer_id: id,
    provider: hasPassword ? 'password' : 'google',
    subject: hasPassword ? null : `seed-${context.firstCustomerNumber + index}`,
    secret_hash: hasPassword ? unusableHash : null,
    created_at: registeredAt,
    updated_at: registeredAt,
  });
  const addresses = draw.chance(0.3) ? 2 : 1;
  for (let n = 0; n < addresses; n++) {
    emit.customer_address({
      id: draw.uuid7(registeredAt),
      customer_id: id,
      ...(n === 0 ? customer.address : drawAddress(draw, context.words, person)),
      is_default_shipping: n === 0,
      is_default_billing: n === 0,
      created_at: registeredAt,
    });
  }
}
