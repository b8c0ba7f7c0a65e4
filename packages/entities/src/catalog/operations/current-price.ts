import { raw, type RawQueryFragment } from '@mikro-orm/core';

/** Which prices are meant: those of a list in a currency. */
export interface PriceScope {
  priceList: string;
  currency: string;
}

/** SQL: the list `base`, in whose place {@link currentPrice} takes parameters and columns, too. */
export const baseList = `'base'`;

/** SQL: whether a row of `price` is a current one of exactly this list. */
export const isCurrentPrice = ({ priceList, currency }: PriceScope): RawQueryFragment =>
  raw(isCurrentOf('?', '?'), [priceList, currency]);

/** SQL: whether a row of `price` is a current one of this list, or of the list `base`. */
export const isCurrentOrBasePrice = (scope: PriceScope): RawQueryFragment =>
  bound(scope, ({ priceList, currency }) => isCurrentOf(withBase(priceList), currency));

/** {@link currentPrice} of a variant, which is SQL, in a scope of values. */
export const priceOfVariant = (variantId: string, scope: PriceScope): RawQueryFragment =>
  bound(scope, (scope) => currentPrice(variantId, scope));

/**
 * A sub-select of what a variant costs now: its price of this list; where it has none, that of the list `base`. Search,
 * carts and checkout have their prices of it.
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

/** The parameters of the text are the list, unless it is `base`, and the currency. */
function bound({ priceList, currency }: PriceScope, text: (scope: PriceScope) => string): RawQueryFragment {
  return priceList === 'base'
    ? raw(text({ priceList: baseList, currency: '?' }), [currency])
    : raw(text({ priceList: '?', currency: '?' }), [priceList, currency]);
}
