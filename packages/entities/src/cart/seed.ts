import { type Emit, permutation, type Uuid } from '@ecommerce-dms/seeder';
import { type CatalogContext, drawVariants, type SeedVariant } from '../catalog/seed.ts';
import { customerAt, type SeedCustomer } from '../customer/seed.ts';
import { dayMs, minuteMs } from '../seed-context/shop-calendar.ts';
import { type BuyerContext, type OrderBuyer, orderBuyer } from './seed-buyer.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const cartTables = {
  cart: [
    'id',
    'customer_id',
    'currency_code',
    'status',
    'merged_into_id',
    'expires_at',
    'created_at',
    'updated_at',
  ],
  customer_open_cart: ['customer_id', 'cart_id'],
  status_index: ['machine', 'status', 'at', 'id'],
  cart_line: ['cart_id', 'variant_id', 'properties', 'quantity', 'unit_price_minor', 'created_at'],
} as const;

export interface CartContext extends BuyerContext, CatalogContext {
  /** Carts that led to no order. */
  abandonedCarts: number;
}

type CartEmit = Emit<typeof cartTables>;

const cartLifeMs = 30 * dayMs;
/** Carts that are filled now expire later: a database that is seeded today is still valid next month. */
const openCartLifeMs = 60 * dayMs;
const openCartDays = 20;
const mergedShare = 0.05;
const guestShare = 0.5;

/** A cart of the past that became no order: it expired, or went into another cart when its owner logged in. */
export function generateAbandonedCart(index: number, emit: CartEmit, context: CartContext): void {
  const { random, time, atMs, abandonedCarts, orders } = context;
  const draw = random.draw('cart.abandoned', index);
  const position = (index + draw.unit()) / abandonedCarts;
  const target = draw.chance(mergedShare) ? orderBuyer(context, Math.floor(position * orders)) : undefined;
  const createdAt =
    target === undefined ? time(position) : target.cartCreatedAt - draw.int(1, 600) * minuteMs;
  // A younger one would not have expired yet.
  if (target === undefined && createdAt > atMs - cartLifeMs) return;
  const registered = Math.floor(position * context.customers);
  const owner =
    draw.chance(guestShare) || registered === 0
      ? undefined
      : customerAt(context, draw.int(0, registered - 1));
  const cart = {
    id: draw.uuid7(createdAt),
    createdAt,
    expiresAt: createdAt + cartLifeMs,
    lines: drawVariants(draw, context),
  };
  if (target !== undefined) {
    // A cart is merged because it was a guest's.
    const { cartCreatedAt: updatedAt, cartId: mergedInto } = target;
    emitCart({ ...cart, status: 'merged', updatedAt, customer: undefined, mergedInto }, emit, context);
  } else {
    const customer = owner?.erasedAt === undefined ? owner : undefined;
    emitCart({ ...cart, status: 'expired', updatedAt: cart.expiresAt, customer }, emit, context);
  }
}

/** A cart that is being filled; a customer has at most one. */
export function generateOpenCart(index: number, emit: CartEmit, context: CartContext): void {
  const { random, atMs, customers } = context;
  const draw = random.draw('cart.open', index);
  const chosen =
    index < customers ? permutation(random.key('cart.open.customer'), customers)(index) : undefined;
  const candidate = chosen === undefined || draw.chance(guestShare) ? undefined : customerAt(context, chosen);
  const customer = candidate?.erasedAt === undefined ? candidate : undefined;
  const earliest = Math.max(atMs - openCartDays * dayMs, customer?.registeredAt ?? 0);
  const createdAt = Math.floor(earliest + draw.unit() * (atMs - earliest));
  const cart = {
    id: draw.uuid7(createdAt),
    createdAt,
    updatedAt: createdAt,
    expiresAt: createdAt + openCartLifeMs,
    status: 'open',
    customer,
    lines: drawVariants(draw, context),
  };
  emitCart(cart, emit, context);
}

/** The cart of an order. */
export function emitCompletedCart(
  { cartId, cartCreatedAt, placedAt, customer }: OrderBuyer,
  lines: SeedCart['lines'],
  emit: CartEmit,
  context: CartContext,
): void {
  const cart = {
    id: cartId,
    createdAt: cartCreatedAt,
    updatedAt: placedAt,
    expiresAt: cartCreatedAt + cartLifeMs,
    status: 'completed',
    customer,
    lines,
  };
  emitCart(cart, emit, context);
}

interface SeedCart {
  id: Uuid;
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
  status: string;
  customer: SeedCustomer | undefined;
  mergedInto?: Uuid;
  lines: readonly {
    variant: SeedVariant;
    quantity: number;
    properties?: Record<string, string> | null | undefined;
  }[];
}

function emitCart(cart: SeedCart, emit: CartEmit, context: CartContext): void {
  emit.cart({
    id: cart.id,
    customer_id: cart.customer?.id ?? null,
    currency_code: context.currency,
    status: cart.status,
    merged_into_id: cart.mergedInto ?? null,
    expires_at: cart.expiresAt,
    created_at: cart.createdAt,
    updated_at: cart.updatedAt,
  });
  if (cart.status === 'open') {
    emit.status_index({ machine: 'cart', status: cart.status, at: cart.expiresAt, id: cart.id });
    if (cart.customer !== undefined)
      emit.customer_open_cart({ customer_id: cart.customer.id, cart_id: cart.id });
  }
  for (const { variant, quantity, properties = null } of cart.lines) {
    emit.cart_line({
      cart_id: cart.id,
      variant_id: variant.id,
      properties,
      quantity,
      unit_price_minor: variant.priceMinor,
      created_at: cart.createdAt,
    });
  }
}
