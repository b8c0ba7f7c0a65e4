import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { type JsonObject, listOf, properties, wholeNumber } from '../../bounds.ts';
import { maxQuantity, variantNotForSale } from '../../cart/operations/for-sale.ts';
import { currentPrice, isTaxIncluded } from '../../catalog/operations/current-price.ts';
import { postalAddress } from '../../customer/postal-address.ts';
import { refuseExcess } from '../../fulfilment/operations/line-quantities.ts';
import { creditedOf, lastingCover } from '../../order/operations/payment-cover.ts';
import { type BasketLine, noCharges, type TaxCalculator } from '../../pricing/basket.ts';
import { type PricedBasket, priceBasket } from '../../pricing/price-basket.ts';
import { newMetadata } from '../../runtime/metadata.ts';
import {
  bool,
  int2,
  int4,
  int8,
  int8Sum,
  jsonb,
  nullable,
  text,
  timestamptz,
  uuid,
  uuidArray,
} from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { type Credit, creditOf } from './propose-refund.ts';

const ofLine = z.strictObject({ lineId: z.uuid(), quantity: wholeNumber(0, maxQuantity) });
const ofVariant = z.strictObject({
  variantId: z.uuid(),
  quantity: wholeNumber(1, maxQuantity),
  properties: properties.default({}),
});

/** What is to be changed of an order. */
export const orderChanges = {
  orderId: z.uuid(),
  changes: listOf(z.union([ofLine, ofVariant]), 1000)
    .refine((changes) => {
      const lineIds = changes.flatMap((change) => ('lineId' in change ? [change.lineId] : []));
      return new Set(lineIds).size === lineIds.length;
    }, 'the same line twice')
    .default([]),
  shippingAddress: postalAddress.optional(),
};

const editRequest = z.strictObject(orderChanges);
export type ParsedEdit = z.output<typeof editRequest>;

/** A line that an edit adds. */
export interface AddedLine extends BasketLine {
  priceList: string;
  /** Null: none. */
  properties: JsonObject | null;
  sku: string | null;
  title: string;
  variantTitle: string;
}

/** What an edit does to an order. Amounts are minor units. */
export interface OrderEditPlan {
  number: number;
  lastPosition: number;
  currencyCode: string;
  /** Of the lines that are added. */
  added: PricedBasket<AddedLine>;
  cancelled: { lineId: string; quantity: number }[];
  /** Of the units that are cancelled; undefined: none. */
  credit: Credit | undefined;
  /** All variants of the order, and those that are added. */
  variantIds: string[];
  /** What the order has cost, and will cost: its total less what was credited. */
  beforeMinor: bigint;
  totalMinor: bigint;
  coverMinor: bigint;
}

const selectOrder = statement({
  params: { orderId: uuid },
  row: {
    status: text,
    isErased: bool,
    isShipped: bool,
    currencyCode: text,
    exponent: int2,
    taxIncluded: bool,
    priceList: text,
    at: timestamptz,
    countryCode: nullable(text),
    region: nullable(text),
    postalCode: nullable(text),
    number: int4,
    lastPosition: int4,
    costsMinor: int8,
    coverMinor: int8Sum,
  },
  sql: `select o.status, o.email is null as "isErased", o.currency_code as "currencyCode", c.exponent,
      exists (select from order_line l where l.order_id = o.id and l.shipped_quantity > 0) as "isShipped",
      o.tax_included as "taxIncluded", coalesce(cart.price_list_code, 'base') as "priceList", now() as at,
      a.country_code as "countryCode", a.region, a.postal_code as "postalCode",
      (select count(*)::integer + 1 from order_edit e where e.order_id = o.id) as number,
      (select max(position) from order_line l where l.order_id = o.id) as "lastPosition",
      o.total_minor - ${creditedOf()} as "costsMinor",
      (select coalesce(sum(${lastingCover()}), 0) from payment p where p.order_id = o.id) as "coverMinor"
    from sales_order o join currency c on c.code = o.currency_code
    left join cart on cart.id = o.cart_id
    left join order_address a on a.order_id = o.id and a.kind = 'shipping' and a.replaced_by = 0
    where o.id = :orderId`,
});

const selectLines = statement({
  params: { orderId: uuid },
  row: { lineId: uuid, variantId: uuid, properties: nullable(jsonb<JsonObject>()), open: int4 },
  sql: `select id as "lineId", variant_id as "variantId", properties,
      quantity - shipped_quantity - cancelled_quantity as open
    from order_line where order_id = :orderId order by position`,
});

const scope = { priceList: ':priceList', currency: ':currencyCode' };
const selectVariants = statement({
  params: { variantIds: uuidArray, priceList: text, currencyCode: text, taxIncluded: bool },
  row: {
    variantId: uuid,
    unitPriceMinor: int8,
    priceList: text,
    sku: nullable(text),
    title: text,
    variantTitle: text,
    isTaxable: bool,
    taxClass: text,
    weightGrams: int4,
    requiresShipping: bool,
  },
  sql: `select variant.id as "variantId", price.amount_minor as "unitPriceMinor", price.price_list_code as "priceList",
      variant.sku, product.title, variant.title as "variantTitle", variant.taxable as "isTaxable",
      variant.tax_class as "taxClass", variant.weight_grams as "weightGrams",
      variant.requires_shipping as "requiresShipping"
    from product_variant variant join product on product.id = variant.product_id
    cross join lateral (${currentPrice('variant.id', scope)}) price
    where variant.id = any (:variantIds) and variant.deleted_at is null and product.deleted_at is null
      and product.status = 'active' and ${isTaxIncluded(scope)} = :taxIncluded`,
});

/** What the changes do to an order, as it is read now. */
export async function planEdit(
  em: EntityManager,
  { orderId, changes, shippingAddress }: ParsedEdit,
  tax: TaxCalculator,
): Promise<OrderEditPlan> {
  const [order] = await selectOrder(em, { orderId });
  if (order === undefined) throw new UserError('order-not-found', `There is no order ${orderId}.`);
  if (order.status !== 'confirmed' || order.isErased || order.isShipped) {
    const state = order.isErased ? 'erased' : order.status;
    throw new UserError('order-not-open', `Order ${orderId} is ${state}: it can't be edited.`, {
      hint: 'Only a confirmed order is edited, before anything of it is shipped.',
    });
  }
  if (shippingAddress !== undefined) refuseElsewhere(order, shippingAddress);
  const lines = await selectLines(em, { orderId });
  const wanted = changes.map((change) => {
    if (!('lineId' in change)) return { ...change, properties: newMetadata(change.properties) ?? null };
    const line = lines.find(({ lineId }) => lineId === change.lineId);
    if (line === undefined) {
      refuseExcess('cancel', [{ ...change, quantity: Math.max(change.quantity, 1) }], new Map());
      return change;
    }
    // What a line was charged stays: more of it is a line of its own, at the price of today.
    const { variantId, properties, open } = line;
    const more = change.quantity - open;
    return more > 0 ? { variantId, properties, quantity: more } : { lineId: change.lineId, quantity: -more };
  });
  const cancelled = wanted.flatMap((each) => ('lineId' in each && each.quantity > 0 ? [each] : []));
  const additions = wanted.flatMap((each) => ('lineId' in each ? [] : [each]));
  const unitsOf = (each: readonly { quantity: number }[]) =>
    each.reduce((sum, { quantity }) => sum + quantity, 0);
  if (cancelled.length + additions.length === 0 && shippingAddress === undefined) {
    throw new UserError('nothing-to-edit', `Nothing of order ${orderId} is to be changed.`, {
      hint: 'Name a variant to add, another quantity of a line, or another address.',
    });
  }
  const open = lines.reduce((sum, line) => sum + line.open, 0);
  if (open - unitsOf(cancelled) + unitsOf(additions) === 0) {
    throw new UserError('order-left-empty', `Nothing of order ${orderId} would be left.`, {
      hint: 'Cancel the order instead.',
    });
  }
  const credit =
    cancelled.length === 0 ? undefined : await creditOf(em, { orderId, lines: cancelled, shipping: 'none' });

  const { currencyCode, exponent, taxIncluded, priceList, at } = order;
  const variantIds = [...new Set([...lines, ...additions].map(({ variantId }) => variantId))];
  const variants =
    additions.length === 0
      ? []
      : await selectVariants(em, {
          variantIds: additions.map(({ variantId }) => variantId),
          priceList,
          currencyCode,
          taxIncluded,
        });
  const basketLines = additions.map((addition): AddedLine => {
    const variant = variants.find(({ variantId }) => variantId === addition.variantId);
    if (variant === undefined) throw variantNotForSale(addition.variantId);
    return { ...variant, ...addition, lineId: uuidV7() };
  });
  const destination = {
    countryCode: order.countryCode ?? '',
    region: (shippingAddress?.region ?? order.region) || undefined,
    postalCode: (shippingAddress ? shippingAddress.postalCode : order.postalCode) ?? undefined,
  };
  const basket = {
    currencyCode,
    exponent,
    taxIncluded,
    at,
    lines: basketLines,
    adjustments: [],
    destination,
  };
  const added = priceBasket(basket, { shipping: noCharges, tax: basketLines.length === 0 ? noCharges : tax });
  return {
    number: order.number,
    lastPosition: order.lastPosition,
    currencyCode,
    added,
    cancelled,
    credit,
    variantIds,
    beforeMinor: order.costsMinor,
    totalMinor: order.costsMinor + added.totalMinor - (credit?.grossMinor ?? 0n),
    coverMinor: order.coverMinor,
  };
}

/** The taxes of what was ordered are those of its country and region. */
function refuseElsewhere(
  order: { countryCode: string | null; region: string | null },
  { countryCode, region }: z.output<typeof postalAddress>,
): void {
  if (countryCode === order.countryCode && (region || null) === (order.region || null)) return;
  throw new UserError(
    'destination-changed',
    'The order was charged the taxes of another country or region.',
    {
      hint: 'Cancel it, and order again with the new address.',
    },
  );
}
