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
export const isCurrentOrBasePrice = (scope: PriceScope): RawQueryFragment => bound(scope, isCurrentIn);

/** {@link currentPrice} for a scope of values; `variantId` is SQL. */
export const priceOfVariant = (variantId: string, scope: PriceScope): RawQueryFragment =>
  bound(scope, (scope) => currentPrice(variantId, scope));

/**
 * SQL: a sub-select of the current price of a variant: that of the list, or else that of `base`, unless only one of the
 * two includes taxes. Search, carts and checkout use it. All arguments are SQL; with {@link baseList} it looks at no
 * other list.
 */
export function currentPrice(variantId: string, scope: PriceScope): string {
  const current = `select price.* from price where ${isCurrentIn(scope)} and price.variant_id = ${variantId}`;
  return scope.priceList === baseList
    ? current
    : `${current} order by price.price_list_code = 'base' limit 1`;
}

/** {@link isTaxIncluded} for a scope of values. */
export const isTaxIncludedIn = ({ priceList, currency }: PriceScope): RawQueryFragment =>
  raw(isTaxIncluded({ priceList: '?', currency: '?' }), [priceList, currency]);

/** SQL: whether the prices of a list include taxes in a currency. All arguments are SQL. */
export function isTaxIncluded({ priceList, currency }: PriceScope): string {
  const inBase = `(select tax_included from currency where code = ${currency})`;
  return priceList === baseList ? inBase : `coalesce(${ofList(priceList)}, ${inBase})`;
}

function isCurrentOf(lists: string, currency: string): string {
  return `price.price_list_code in (${lists}) and price.currency_code = ${currency} and price.valid @> now()`;
}

/** Of the list, or of `base`: what has no price in the list is not sold at one that is meant otherwise. */
function isCurrentIn({ priceList, currency }: PriceScope): string {
  if (priceList === baseList) return isCurrentOf(baseList, currency);
  const isMeantAlike = `coalesce(${ofList(priceList)} = ${isTaxIncluded({ priceList: baseList, currency })}, true)`;
  return `${isCurrentOf(`${priceList}, ${baseList}`, currency)}
    and (price.price_list_code <> ${baseList} or ${isMeantAlike})`;
}

/** Null for `base`, and for a list that says nothing else. */
function ofList(priceList: string): string {
  return `(select tax_included from price_list where code = ${priceList})`;
}

/** Binds the list, unless it is `base`, and the currency, as often as {@link isCurrentIn} has them. */
function bound({ priceList, currency }: PriceScope, text: (scope: PriceScope) => string): RawQueryFragment {
  return priceList === 'base'
    ? raw(text({ priceList: baseList, currency: '?' }), [currency])
    : raw(text({ priceList: '?', currency: '?' }), [priceList, currency, priceList, currency]);
}
