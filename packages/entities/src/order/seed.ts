import type { Emit } from '@ecommerce-dms/seeder';
import { addressColumns } from '../customer/seed-person.ts';
import { type cartTables, emitCompletedCart } from '../cart/seed.ts';
import { seedTax } from './seed-basket.ts';
import type { OrderContext, SeedOrder } from './seed-order.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const orderTables = {
  sales_order: [
    'id',
    'number',
    'cart_id',
    'customer_id',
    'email',
    'currency_code',
    'status',
    'subtotal_minor',
    'discount_minor',
    'shipping_minor',
    'tax_minor',
    'total_minor',
    'tax_included',
    'metadata',
    'placed_at',
    'updated_at',
  ],
  order_line: [
    'id',
    'order_id',
    'position',
    'variant_id',
    'sku',
    'title',
    'variant_title',
    'properties',
    'quantity',
    'unit_price_minor',
    'total_minor',
    'shipped_quantity',
    'cancelled_quantity',
    'returned_quantity',
  ],
  order_address: ['order_id', 'kind', ...addressColumns],
  order_adjustment: [
    'id',
    'order_id',
    'order_line_id',
    'kind',
    'code',
    'amount_minor',
    'rate_ppm',
    'taxable_minor',
  ],
  order_status_history: ['id', 'order_id', 'from_status', 'to_status', 'changed_by', 'changed_at'],
  coupon_redemption: ['order_id', 'coupon_id', 'discount_minor', 'released_at'],
} as const;

type OrderEmit = Emit<typeof orderTables>;

/** How many ids of the history an order may take. */
export const historyStride = 8;

/** The order with its lines, addresses, adjustments and history, and the cart that it came from. */
export function emitOrder(
  order: SeedOrder,
  emit: OrderEmit & Emit<typeof cartTables>,
  context: OrderContext,
): void {
  const { id, number, buyer, basket, story, properties } = order;
  const lines = basket.lines.map((line, position) => ({ ...line, properties: properties[position] }));
  emitCompletedCart(buyer, lines, emit, context);
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
    tax_included: basket.taxIncluded,
    metadata: order.metadata,
    placed_at: buyer.placedAt,
    updated_at: story.changes.at(-1)?.at ?? buyer.placedAt,
  });
  emit.status_index({ machine: 'sales_order', status: order.status, at: buyer.placedAt, id });
  emitLines(order, emit);
  emitAddresses(order, emit);
  emitAdjustments(order, emit);
  emitRedemption(order, emit);
  for (const [n, change] of story.changes.entries()) {
    emit.order_status_history({
      id: context.lastHistoryId + order.index * historyStride + n + 1,
      order_id: id,
      from_status: change.from,
      to_status: change.to,
      changed_by: change.by,
      changed_at: change.at,
    });
  }
}

function emitLines({ id, basket, story, lineIds, properties }: SeedOrder, emit: OrderEmit): void {
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
      properties: properties[position] ?? null,
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

function emitAddresses({ id, buyer, draw }: SeedOrder, emit: OrderEmit): void {
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

function emitAdjustments({ id, buyer, basket, lineIds, draw }: SeedOrder, emit: OrderEmit): void {
  const adjust = (
    kind: string,
    code: string,
    amountMinor: number,
    { position, netMinor }: { position?: number; netMinor?: number } = {},
  ) => {
    if (amountMinor === 0 && (netMinor ?? 0) === 0) return;
    emit.order_adjustment({
      id: draw.uuid7(buyer.placedAt),
      order_id: id,
      order_line_id: position === undefined ? null : (lineIds[position] ?? null),
      kind,
      code,
      amount_minor: amountMinor,
      rate_ppm: netMinor === undefined ? null : seedTax.ratePpm,
      taxable_minor: netMinor ?? null,
    });
  };
  for (const [position, line] of basket.lines.entries()) {
    const { discountMinor, taxMinor, netMinor } = line;
    if (basket.coupon !== undefined) adjust('discount', basket.coupon.code, discountMinor, { position });
    if (line.variant.taxable) adjust('tax', seedTax.code, taxMinor, { position, netMinor });
  }
  adjust('shipping', basket.shippingMethod, basket.shippingMinor);
}

/** The use of the order's coupon, which a cancellation gave back. */
function emitRedemption({ id, basket, story }: SeedOrder, emit: OrderEmit): void {
  if (basket.coupon === undefined) return;
  emit.coupon_redemption({
    order_id: id,
    coupon_id: basket.coupon.id,
    discount_minor: basket.discountMinor,
    released_at: story.cancelledAt ?? null,
  });
}
