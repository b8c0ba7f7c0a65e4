import { type Draw, permutation } from '@ecommerce-dms/seeder';
import { customerAt, type SeedCustomer } from './customer.ts';
import { orderBuyer } from './order-buyer.ts';
import { drawVariants } from './order-lines.ts';
import type { ShopEmit } from './seed-order.ts';
import type { ShopContext } from './shop-context.ts';
import { DAY_MS, MINUTE_MS } from './shop-calendar.ts';

const CART_LIFE_MS = 30 * DAY_MS;
/** Carts that are filled now expire later: a database that is seeded today is still valid next month. */
const OPEN_CART_LIFE_MS = 60 * DAY_MS;
const OPEN_CART_DAYS = 20;
const MERGED_SHARE = 0.05;
const GUEST_SHARE = 0.5;

/** A cart of the past that became no order: it expired, or went into another cart when its owner logged in. */
export function generateAbandonedCart(index: number, emit: ShopEmit, context: ShopContext): void {
  const { random, time, atMs, abandonedCarts, orders } = context;
  const draw = random.draw('cart.abandoned', index);
  const position = (index + draw.unit()) / abandonedCarts;
  const target = draw.chance(MERGED_SHARE) ? orderBuyer(context, Math.floor(position * orders)) : undefined;
  const createdAt =
    target === undefined ? time(position) : target.cartCreatedAt - draw.int(1, 600) * MINUTE_MS;
  // A younger one would not have expired yet.
  if (target === undefined && createdAt > atMs - CART_LIFE_MS) return;
  const registered = Math.floor(position * context.customers);
  const owner =
    draw.chance(GUEST_SHARE) || registered === 0
      ? undefined
      : customerAt(context, draw.int(0, registered - 1));
  emitCart(draw, emit, context, {
    createdAt,
    updatedAt: target?.cartCreatedAt ?? createdAt + CART_LIFE_MS,
    expiresAt: createdAt + CART_LIFE_MS,
    status: target === undefined ? 'expired' : 'merged',
    // A cart is merged because it was a guest's.
    customer: target === undefined && owner?.erasedAt === undefined ? owner : undefined,
    mergedInto: target?.cartId ?? null,
  });
}

/** A cart that is being filled; a customer has at most one. */
export function generateOpenCart(index: number, emit: ShopEmit, context: ShopContext): void {
  const { random, atMs, customers } = context;
  const draw = random.draw('cart.open', index);
  const chosen =
    index < customers ? permutation(random.key('cart.open.customer'), customers)(index) : undefined;
  const candidate =
    chosen === undefined || draw.chance(GUEST_SHARE) ? undefined : customerAt(context, chosen);
  const customer = candidate?.erasedAt === undefined ? candidate : undefined;
  const earliest = Math.max(atMs - OPEN_CART_DAYS * DAY_MS, customer?.registeredAt ?? 0);
  const createdAt = Math.floor(earliest + draw.unit() * (atMs - earliest));
  emitCart(draw, emit, context, {
    createdAt,
    updatedAt: createdAt,
    expiresAt: createdAt + OPEN_CART_LIFE_MS,
    status: 'open',
    customer,
    mergedInto: null,
  });
}

interface CartFacts {
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
  status: string;
  customer: SeedCustomer | undefined;
  mergedInto: SeedCustomer['id'] | null;
}

function emitCart(draw: Draw, emit: ShopEmit, context: ShopContext, facts: CartFacts): void {
  const id = draw.uuid7(facts.createdAt);
  emit.cart({
    id,
    customer_id: facts.customer?.id ?? null,
    currency_code: context.currency,
    status: facts.status,
    merged_into_id: facts.mergedInto,
    expires_at: facts.expiresAt,
    created_at: facts.createdAt,
    updated_at: facts.updatedAt,
  });
  for (const { variant, quantity } of drawVariants(draw, context)) {
    emit.cart_line({
      cart_id: id,
      variant_id: variant.id,
      quantity,
      unit_price_minor: variant.priceMinor,
      created_at: facts.createdAt,
    });
  }
}
