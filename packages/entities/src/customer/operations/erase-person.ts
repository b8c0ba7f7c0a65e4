import type { EntityManager } from '@mikro-orm/postgresql';
import { recordAudit } from '../../runtime/audit.ts';
import { parseInput } from '../../parse-input.ts';
import { customerNotFound } from './lock-customer.ts';
import { type Person, personInput } from './person-input.ts';

/** What was erased. */
export interface Erasure {
  /** Undefined: there was no account, only guest orders. */
  customerId: string | undefined;
  /** How many orders of the account lost their personal data. */
  orders: number;
  /** How many orders that the same address placed as a guest. */
  guestOrders: number;
}

interface Found {
  id: string;
  /** Whose guest orders are the person's. */
  guest_email: string | null;
}

/**
 * Erases a person, in one transaction (GDPR, article 17). The account's profile, credentials, sessions, tokens and
 * address book go, open carts end; orders lose e-mail address, names, streets and phone numbers, and keep amounts,
 * lines and countries for the books. An order that is still to be shipped loses its address, too: ship or cancel it
 * first. The audit log says that it was done, and nothing about the person.
 *
 * @throws UserError `bad-input`; `customer-not-found` by `customerId`: never there, or erased already
 */
export async function erasePerson(em: EntityManager, input: Person): Promise<Erasure> {
  const person = parseInput(personInput, input);
  return await em.transactional(async (em) => {
    const customer = await findAndLock(em, person);
    const guestEmail = 'email' in person ? person.email : (customer?.guest_email ?? null);
    const customerId = customer?.id ?? null;
    if (customerId !== null) await eraseAccount(em, customerId);
    const [counts] = await em.execute<{ orders: number; guest_orders: number }[]>(
      `with orders as (
         update sales_order set email = null where customer_id = ? returning id),
       guest_orders as (
         update sales_order set email = null where customer_id is null and lower(email) = lower(?) returning id),
       addresses as (
         update order_address
         set full_name = null, company = null, line1 = null, line2 = null, city = null, region = null,
           postal_code = null, phone = null
         where order_id in (select id from orders union all select id from guest_orders))
       select (select count(*)::integer from orders) as orders,
         (select count(*)::integer from guest_orders) as guest_orders`,
      [customerId, guestEmail],
    );
    const { orders = 0, guest_orders: guestOrders = 0 } = counts ?? {};
    await recordAudit(em, {
      action: 'customer.erase',
      entity: 'customer',
      entityId: customerId ?? undefined,
      detail: { orders, guestOrders },
    });
    return { customerId: customerId ?? undefined, orders, guestOrders };
  });
}

/** Locks the carts first: a checkout locks its cart, then, with its order, the customer. */
async function findAndLock(em: EntityManager, person: Person): Promise<Found | undefined> {
  const [condition, value] =
    'email' in person ? ['lower(c.email) = lower(?)', person.email] : ['c.id = ?', person.customerId];
  await em.execute(
    `update cart set status = 'expired' from customer c where cart.customer_id = c.id and cart.status = 'open' and ${condition}`,
    [value],
  );
  const [found] = await em.execute<Found[]>(
    `select c.id, case when c.email_verified_at is not null then c.email end as guest_email
     from customer c where ${condition} and c.erased_at is null for no key update`,
    [value],
  );
  if (found === undefined && 'customerId' in person) throw customerNotFound(person.customerId);
  return found;
}

async function eraseAccount(em: EntityManager, customerId: string): Promise<void> {
  await em.execute(
    // Also carts that were opened since; one that is locked now is a checkout's, which the database refuses.
    `with carts as (
       update cart set status = 'expired' where id in (
         select id from cart where customer_id = ? and status = 'open' for update skip locked)),
     credentials as (delete from customer_credential where customer_id = ?),
     addresses as (delete from customer_address where customer_id = ?),
     tokens as (delete from customer_token where customer_id = ?)
     update customer
     set email = null, email_verified_at = null, first_name = null, last_name = null, phone = null,
       accepts_marketing = false, erased_at = now()
     where id = ?`,
    [customerId, customerId, customerId, customerId, customerId],
  );
}
