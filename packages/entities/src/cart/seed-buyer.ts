import type { Uuid } from '@ecommerce-dms/seeder';
import { customerAt, type CustomerContext, type SeedCustomer } from '../customer/seed.ts';
import { type Address, drawAddress, drawPerson, type Person } from '../customer/seed-person.ts';
import { dayMs, minuteMs } from '../seed-context/shop-calendar.ts';

export interface BuyerContext extends CustomerContext {
  orders: number;
  firstOrderNumber: number;
}

/** Who placed an order, when, and from which cart. */
export interface OrderBuyer {
  placedAt: number;
  /** Undefined for a guest. */
  customer: SeedCustomer | undefined;
  /** Person and address; of an erased one nothing may be written. */
  person: Person;
  address: Address;
  isErased: boolean;
  cartId: Uuid;
  cartCreatedAt: number;
}

const guestShare = 0.2;
/** Above 1: old customers order more often than new ones. */
const loyalty = 1.3;
/** Nobody is erased with an order under way: that many days before an erasure there is no order. */
const quietDays = 60;
const erasedGuestShare = 0.01;

/** The buyer of order `index`; orders are in order of time. */
export function orderBuyer(context: BuyerContext, index: number): OrderBuyer {
  const { random, words, atMs, time, orders, customers } = context;
  const draw = random.draw('order.buyer', index);
  const position = (index + draw.unit()) / orders;
  const placedAt = time(position);
  const cartCreatedAt = placedAt - draw.int(2, 240) * minuteMs;
  const cartId = draw.uuid7(cartCreatedAt);
  const buyer = { placedAt, cartId, cartCreatedAt };

  // Customers and orders share a calendar: those up to this one were registered by then.
  const registered = Math.floor(position * customers);
  const chosen = Math.floor(registered * draw.unit() ** loyalty);
  if (!draw.chance(guestShare) && registered > 0) {
    const customer = customerAt(context, chosen);
    if (customer.erasedAt === undefined || placedAt < customer.erasedAt - quietDays * dayMs) {
      const isErased = customer.erasedAt !== undefined;
      return { ...buyer, customer, person: customer.person, address: customer.address, isErased };
    }
  }
  const person = drawPerson(draw, words, `guest${context.firstOrderNumber + index}`);
  const isErased = placedAt < atMs - quietDays * dayMs && draw.chance(erasedGuestShare);
  return { ...buyer, customer: undefined, person, address: drawAddress(draw, words, person), isErased };
}
