import type { EntityManager } from '@mikro-orm/postgresql';
import { recordAudit } from '../../runtime/audit.ts';
import { int4, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { customerNotFound } from './lock-customer.ts';
import { emptied, isEmptied } from '../personal-columns.ts';
import { isPerson, type Person, personInput } from './person-input.ts';

/** The result of an erasure. */
export interface Erasure {
  /** Undefined: there was no account, only guest orders. */
  customerId: string | undefined;
  /** How many orders of the account lost their personal data. */
  orders: number;
  /** How many guest orders with the same address lost theirs. */
  guestOrders: number;
}

const params = { customerId: nullable(uuid), email: nullable(text) };

const endCarts = statement({
  params,
  sql: `update cart set status = 'expired', ${emptied('cart')} from customer c
    where cart.customer_id = c.id and cart.status = 'open' and ${isPerson}`,
});

const lockPerson = statement({
  params,
  row: {
    id: uuid,
    /** Whose guest orders are the person's. */
    guestEmail: nullable(text),
  },
  sql: `select c.id, case when c.email_verified_at is not null then c.email end as "guestEmail"
    from customer c where ${isPerson} and c.erased_at is null for no key update`,
});

// Also carts opened since. A cart that is locked now is being checked out, which the database refuses.
const eraseAccount = statement({
  params: { customerId: uuid },
  sql: `with carts as (
      update cart set status = 'expired', ${emptied('cart')} where id in (
        select id from cart where customer_id = :customerId and status = 'open' for update skip locked)),
    credentials as (delete from customer_credential where customer_id = :customerId),
    addresses as (delete from customer_address where customer_id = :customerId),
    tokens as (delete from customer_token where customer_id = :customerId)
    update customer
    set ${emptied('customer')}, email_verified_at = null, accepts_marketing = false, erased_at = now()
    where id = :customerId`,
});

// An edit of an order may add a line to it meanwhile: the statement that erases must begin after that.
const lockOrders = statement({
  params: { customerId: nullable(uuid), guestEmail: nullable(text) },
  row: { id: uuid },
  sql: `select id from sales_order
    where customer_id = :customerId or customer_id is null and lower(email) = lower(:guestEmail)
    order by id for no key update`,
});

const eraseOrders = statement({
  params: { customerId: nullable(uuid), guestEmail: nullable(text) },
  row: { orders: int4, guestOrders: int4 },
  sql: `with orders as (
      update sales_order set ${emptied('sales_order')} where customer_id = :customerId returning id, cart_id),
    guest_orders as (
      update sales_order set ${emptied('sales_order')} where customer_id is null and lower(email) = lower(:guestEmail)
      returning id, cart_id),
    all_orders as (
      select id, cart_id from orders union all select id, cart_id from guest_orders),
    addresses as (
      update order_address set ${emptied('order_address')} where order_id in (select id from all_orders)),
    lines as (
      update order_line set ${emptied('order_line')}
      where order_id in (select id from all_orders) and not ${isEmptied('order_line')}),
    cart_lines as (
      delete from cart_line where properties is not null and cart_id in (
        select id from cart where customer_id = :customerId union all select cart_id from all_orders)),
    carts as (
      update cart set ${emptied('cart')} where status <> 'open' and not ${isEmptied('cart')} and id in (
        select id from cart where customer_id = :customerId union all select cart_id from all_orders))
    select (select count(*)::integer from orders) as orders,
      (select count(*)::integer from guest_orders) as "guestOrders"`,
});

/**
 * Erases a person, in one transaction (GDPR, article 17). The profile, credentials, sessions, tokens and address book
 * of the account are deleted, and open carts end. Orders lose e-mail address, names, streets, phone numbers, metadata
 * and the properties of their lines, and keep amounts, lines and countries for the books. An order that is still to be
 * shipped loses its address, too: ship or cancel it first. The audit log records the erasure, without personal data.
 *
 * @throws UserError `invalid-input`; `customer-not-found`: no such customer, or erased before (by `customerId` only)
 */
export async function erasePerson(em: EntityManager, input: Person): Promise<Erasure> {
  const person = parseInput(personInput, input);
  return await em.transactional(async (em) => {
    // The carts first: a checkout locks its cart, then, with its order, the customer.
    await endCarts(em, person);
    const [customer] = await lockPerson(em, person);
    if (customer === undefined && 'customerId' in person) throw customerNotFound(person.customerId);
    const guestEmail = 'email' in person ? person.email : customer?.guestEmail;
    const customerId = customer?.id;
    if (customerId !== undefined) await eraseAccount(em, { customerId });
    await lockOrders(em, { customerId, guestEmail });
    const erased = onlyRow(await eraseOrders(em, { customerId, guestEmail }));
    await recordAudit(em, {
      action: 'customer.erase',
      entity: 'customer',
      entityId: customerId,
      detail: erased,
    });
    return { customerId, ...erased };
  });
}
