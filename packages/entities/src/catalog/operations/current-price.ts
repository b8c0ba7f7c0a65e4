import { raw, type RawQueryFragment } from '@mikro-orm/core';

/** The prices of a list in a currency. */
export interface PriceScope {
  priceList: string;
  currency: string;
}

/** SQL: the list `base`. */
export const baseList = `'base'`;

/** SQL: whether a row of `price` is current and of exactly this list. */
export const isCurrentPrice = ({ priceList, currency }: PriceScope): RawQueryFragment =>
  raw(isCurrentOf('?', '?'), [priceList, currency]);

/** SQL: whether a row of `price` is current, and of this list or of `base`. */
export const isCurrentOrBasePrice = (scope: PriceScope): RawQueryFragment =>
  bound(scope, ({ priceList, currency }) => isCurrentOf(withBase(priceList), currency));

/** {@link currentPrice} for a scope of values; `variantId` is SQL. */
export const priceOfVariant = (variantId: string, scope: PriceScope): RawQueryFragment =>
  bound(scope, (scope) => currentPrice(variantId, scope));

/**
 * SQL: a sub-select of the current price of a variant: that of the list, or else that of `base`. Search, carts and
 * checkout use it. All arguments are SQL; with {@link baseList} it looks at no other list.
 */
export function currentPrice(variantId: string, { priceList, currency }: PriceScope): string {
  const current = `select price.* from price
    where ${isCurrentOf(withBase(priceList), currency)} and price.variant_id = ${variantId}`;
  return priceList === baseList ? current : `${current} order by price.price_list_code = 'base' limit 1`;
}

function isCurrentOf(lists: string, currency: string): string {
  return `price.price_list_code in (${lists}) and price.currency_code = ${currency} and price.valid @> now()`;
}

function withBase(priceList: string): string {
  return priceList === baseList ? baseList : `${priceList}, ${baseList}`;
}

/** Binds the list, unless it is `base`, and the currency. */
function bound({ priceList, currency }: PriceScope, text: (scope: PriceScope) => string): RawQueryFragment {
  return priceList === 'base'
    ? raw(text({ priceList: baseList, currency: '?' }), [currency])
    : raw(text({ priceList: '?', currency: '?' }), [priceList, currency]);
}
