import type { EntityManager } from '@mikro-orm/postgresql';
import { baseList, currentPrice } from '../../catalog/operations/current-price.ts';
import { bool, int4, int8, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, type SqlTypes, statement } from '../../runtime/statement.ts';
import type { JsonObject } from '../../bounds.ts';
import type { StockSupply } from '../../inventory/operations/allocate-stock.ts';
import {
  parsePromotionTerms,
  type PromotionTerms,
  type PromotionTermsJson,
} from '../../promotion/operations/promotion-terms.ts';
import { hasPromotions, promotionsOfCart } from './cart-promotions.ts';
import type { OpenCart } from './lock-open-cart.ts';

const lineRow = {
  lineId: uuid,
  variantId: uuid,
  properties: nullable(jsonb<JsonObject>()),
  quantity: int4,
  /** The price that the customer saw. */
  shownMinor: int8,
  /** The price now. Null: it is not for sale in the cart's list and currency. */
  currentMinor: nullable(int8),
  /** The list of the current price; `base` where there is none. */
  priceList: text,
  sku: nullable(text),
  title: text,
  variantTitle: text,
  isTaxable: bool,
  taxClass: text,
  weightGrams: int4,
  requiresShipping: bool,
};
const supplies = nullable(jsonb<StockSupply[]>());
const pricedLineRow = {
  ...lineRow,
  /** Of the first line those of the cart; null for none. */
  promotions: nullable(jsonb<PromotionTermsJson[]>()),
};
type LineRow = RowOf<typeof lineRow>;
type PricedLineRow = RowOf<typeof pricedLineRow>;

/** A line of a cart beside the catalog. */
export interface CartLineNow extends Omit<LineRow, 'currentMinor'> {
  currentMinor: bigint | undefined;
}

/** The lines of a cart, its coupon, and the automatic promotions that may apply; an empty cart has neither. */
export interface CartContents {
  lines: CartLineNow[];
  coupon: PromotionTerms | undefined;
  automatic: PromotionTerms[];
}

const cartLines = (priceList: string, more: string) => `
  select line.id as "lineId", line.variant_id as "variantId", line.properties, line.quantity, line.unit_price_minor as "shownMinor",
    price.amount_minor as "currentMinor", coalesce(price.price_list_code, 'base') as "priceList",
    variant.sku, product.title, variant.title as "variantTitle", variant.taxable as "isTaxable",
    variant.tax_class as "taxClass", variant.weight_grams as "weightGrams", variant.requires_shipping as "requiresShipping",
    ${more}
  from cart_line line
  join product_variant variant on variant.id = line.variant_id
  join product on product.id = variant.product_id
  left join lateral (${currentPrice('variant.id', { priceList, currency: ':currencyCode' })}) price
    on variant.deleted_at is null and product.deleted_at is null and product.status = 'active'
  where line.cart_id = :cartId
  order by line.created_at, line.id`;

const promotions = `case when row_number() over (order by line.created_at, line.id) = 1
      then ${promotionsOfCart} end as promotions`;

type StockLock = 'for no key update' | '';

const stockedCartLines = (ofPromotions: string, lock: StockLock) => (priceList: string) =>
  `with supply as (
    select variant_id, location_id, on_hand - reserved + backorder_limit as available
    from stock_level
    where variant_id in (select variant_id from cart_line where cart_id = :cartId)
      and location_id in (select id from stock_location where active)
    order by variant_id, location_id
    ${lock})
  ${cartLines(
    priceList,
    // All of them, once: looked up by line, they would cost the square of the lines.
    `${ofPromotions}, case when line.variant_id = (select variant_id from supply limit 1) then
        (select jsonb_agg(jsonb_build_object(
          'variantId', variant_id, 'locationId', location_id, 'available', available)) from supply)
      end as supplies`,
  )}`;

/** Two statements: most carts are of `base`, and theirs has no list to choose from. */
function linesReader<const Row extends SqlTypes>(row: Row, sql: (priceList: string) => string) {
  const params = { cartId: uuid, currencyCode: text };
  const ofBase = statement({ isPrepared: true, params, row, sql: sql(baseList) });
  const ofList = statement({
    isPrepared: true,
    params: { ...params, priceList: text },
    row,
    sql: sql(':priceList'),
  });
  return (em: EntityManager, { id: cartId, currencyCode, priceList }: OpenCart) =>
    priceList === 'base'
      ? ofBase(em, { cartId, currencyCode })
      : ofList(em, { cartId, currencyCode, priceList });
}

const readLines = linesReader(pricedLineRow, (priceList) => cartLines(priceList, promotions));
const stockedRow = { ...pricedLineRow, supplies };
const readStock = linesReader(stockedRow, stockedCartLines(promotions, ''));
const lockStock = linesReader(stockedRow, stockedCartLines(promotions, 'for no key update'));
const readStockWithoutPromotions = linesReader(
  { ...lineRow, hasPromotions: bool, supplies },
  stockedCartLines(`${hasPromotions} as "hasPromotions"`, ''),
);

/** Reads a cart in one statement. */
export async function readCart(em: EntityManager, cart: OpenCart): Promise<CartContents> {
  return contentsOf(await readLines(em, cart));
}

/** A cart, and whether it had promotions as the statement began that has locked it. */
type LockedCart = OpenCart & { hadPromotions: boolean };

/** A cart with the stock of its variants. */
export type StockedCart = CartContents & { supplies: StockSupply[] };

/**
 * Reads a cart and the stock of its variants in one statement, without a lock: who reserves it may find it taken.
 * Promotions that came while the lock of the cart was waited for take a second statement.
 */
export async function readCartAndStock(em: EntityManager, cart: LockedCart): Promise<StockedCart> {
  return stockedCartOf((await linesWithoutPromotions(em, cart)) ?? (await readStock(em, cart)));
}

/**
 * Reads a cart in one statement, which also locks the stock of its variants until the transaction ends, in the order in
 * which every checkout takes these locks. A row that had to be waited for is read as it is now.
 */
export async function readCartAndLockStock(em: EntityManager, cart: LockedCart): Promise<StockedCart> {
  return stockedCartOf(await lockStock(em, cart));
}

function stockedCartOf(rows: readonly RowOf<typeof stockedRow>[]): StockedCart {
  const lines = rows.map(({ supplies: _supplies, ...line }) => line);
  return { ...contentsOf(lines), supplies: rows.find((line) => line.supplies !== null)?.supplies ?? [] };
}

/** Undefined when there may be promotions. */
async function linesWithoutPromotions(em: EntityManager, cart: LockedCart) {
  if (cart.hadPromotions) return undefined;
  const rows = await readStockWithoutPromotions(em, cart);
  if (rows.some((line) => line.hasPromotions)) return undefined;
  return rows.map(({ hasPromotions: _none, ...line }) => ({ ...line, promotions: null }));
}

function contentsOf(rows: readonly PricedLineRow[]): CartContents {
  const promotions = (rows[0]?.promotions ?? []).map(parsePromotionTerms);
  return {
    lines: rows.map(({ promotions: _promotions, currentMinor, ...line }) => ({
      ...line,
      currentMinor: currentMinor ?? undefined,
    })),
    coupon: promotions.find(({ isAutomatic }) => !isAutomatic),
    automatic: promotions.filter(({ isAutomatic }) => isAutomatic),
  };
}

/** The lines whose current price is not the one that was shown. */
export function priceChanges(lines: readonly CartLineNow[]) {
  return lines
    .filter((line) => line.currentMinor !== line.shownMinor)
    .map(({ lineId, variantId, shownMinor, currentMinor }) => ({
      lineId,
      variantId,
      shownMinor,
      currentMinor,
    }));
}
