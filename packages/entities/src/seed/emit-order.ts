import type { SeedOrder, ShopEmit } from './seed-order.ts';
import type { ShopContext } from './shop-context.ts';
import { DAY_MS } from './shop-calendar.ts';

/** How many ids of the history an order may take. */
export const HISTORY_STRIDE = 8;
const CART_LIFE_MS = 30 * DAY_MS;

/** The order with its lines, addresses, adjustments and history, and the cart that it came from. */
export function emitOrder(order: SeedOrder, emit: ShopEmit, context: ShopContext): void {
  const { id, number, buyer, basket, story } = order;
  emitCart(order, emit, context);
  emit.sales_order({
    id,
    number,
    cart_id: buyer.cartId,
    customer_id: buyer.customer?.id ?? null,
    email: buyer.isErased ? null : buyer.person.email,
    currency_code: context.currency,
    status: order.status,
    subtotal_minor: basket.subtotalMinor,
    discount_minor: basket.discountMinor,
    shipping_minor: basket.shippingMinor,
    tax_minor: basket.taxMinor,
    total_minor: basket.totalMinor,
    placed_at: buyer.placedAt,
    updated_at: story.changes.at(-1)?.at ?? buyer.placedAt,
  });
  emitLines(order, emit);
  emitAddresses(order, emit);
  emitAdjustments(order, emit);
  emitRedemption(order, emit);
  for (const [n, change] of story.changes.entries()) {
    emit.order_status_history({
      id: context.last.history + order.index * HISTORY_STRIDE + n + 1,
      order_id: id,
      from_status: change.from,
      to_status: change.to,
      changed_by: change.by,
      changed_at: change.at,
    });
  }
}

function emitCart({ buyer, basket }: SeedOrder, emit: ShopEmit, context: ShopContext): void {
  emit.cart({
    id: buyer.cartId,
    customer_id: buyer.customer?.id ?? null,
    currency_code: context.currency,
    status: 'completed',
    merged_into_id: null,
    expires_at: buyer.cartCreatedAt + CART_LIFE_MS,
    created_at: buyer.cartCreatedAt,
    updated_at: buyer.placedAt,
  });
  for (const { variant, quantity } of basket.lines) {
    emit.cart_line({
      cart_id: buyer.cartId,
      variant_id: variant.id,
      quantity,
      unit_price_minor: variant.priceMinor,
      created_at: buyer.cartCreatedAt,
    });
  }
}

function emitLines({ id, basket, story, lineIds }: SeedOrder, emit: ShopEmit): void {
  const shipped = new Set(
    story.parcels.filter((parcel) => parcel.shippedAt !== undefined).flatMap((parcel) => parcel.lines),
  );
  for (const [position, { variant, quantity, totalMinor }] of basket.lines.entries()) {
    const isLast = position === basket.lines.length - 1;
    emit.order_line({
      id: lineIds[position] ?? null,
      order_id: id,
      position: position + 1,
      variant_id: variant.id,
      sku: variant.sku,
      title: variant.productTitle,
      variant_title: variant.title,
      quantity,
      unit_price_minor: variant.priceMinor,
      total_minor: totalMinor,
      shipped_quantity: shipped.has(position) ? quantity : 0,
      cancelled_quantity: story.cancelledAt === undefined ? 0 : quantity,
      returned_quantity:
        story.returnedAt !== undefined ? quantity : isLast && story.unitReturnedAt !== undefined ? 1 : 0,
    });
  }
}

function emitAddresses({ id, buyer, draw }: SeedOrder, emit: ShopEmit): void {
  const { address, isErased } = buyer;
  // The country stays, for the books.
  const empty = {
    full_name: null,
    line1: null,
    line2: null,
    city: null,
    region: null,
    postal_code: null,
    phone: null,
  };
  const written = isErased ? { ...empty, country_code: address.country_code } : address;
  emit.order_address({ order_id: id, kind: 'shipping', ...written });
  if (draw.chance(0.9)) emit.order_address({ order_id: id, kind: 'billing', ...written });
}

function emitAdjustments({ id, buyer, basket, lineIds, draw }: SeedOrder, emit: ShopEmit): void {
  const adjust = (kind: string, code: string, amountMinor: number, position?: number) => {
    if (amountMinor === 0) return;
    emit.order_adjustment({
      id: draw.uuid7(buyer.placedAt),
      order_id: id,
      order_line_id: position === undefined ? null : (lineIds[position] ?? null),
      kind,
      code,
      amount_minor: amountMinor,
      created_at: buyer.placedAt,
    });
  };
  for (const [position, line] of basket.lines.entries()) {
    if (basket.coupon !== undefined) adjust('discount', basket.coupon.code, line.discountMinor, position);
    adjust('tax', 'sales-tax-8.25', line.taxMinor, position);
  }
  adjust('shipping', basket.shippingMethod, basket.shippingMinor);
}

/** The use of the order's coupon, which a cancellation gave back. */
function emitRedemption({ id, buyer, basket, story }: SeedOrder, emit: ShopEmit): void {
  if (basket.coupon === undefined) return;
  emit.coupon_redemption({
    order_id: id,
    coupon_id: basket.coupon.id,
    discount_minor: basket.discountMinor,
    created_at: buyer.placedAt,
    released_at: story.cancelledAt ?? null,
  });
}
