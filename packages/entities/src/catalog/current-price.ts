import { type RawQueryFragment, sql } from '@mikro-orm/core';

/** Which prices are meant: those of a list in a currency. */
export interface PriceScope {
  priceList: string;
  currency: string;
}

/** SQL: whether a row of `price` is a current one of exactly this list. */
export const isCurrentPrice = ({ priceList, currency }: PriceScope): RawQueryFragment =>
  sql`price.price_list_code = ${priceList} and price.currency_code = ${currency} and price.valid @> now()`;

/** SQL: whether a row of `price` is a current one of this list, or of the list `base`. */
export const isCurrentOrBasePrice = (scope: PriceScope): RawQueryFragment =>
  scope.priceList === 'base'
    ? isCurrentPrice(scope)
    : sql`price.price_list_code in (${scope.priceList}, 'base') and price.currency_code = ${scope.currency}
        and price.valid @> now()`;

/** A sub-select of what a variant costs now: its price of this list; where it has none, that of the list `base`. */
export function priceOfVariant(variantId: RawQueryFragment, scope: PriceScope): RawQueryFragment {
  const current = sql`select price.* from price where price.variant_id = ${variantId} and ${isCurrentOrBasePrice(scope)}`;
  return scope.priceList === 'base'
    ? current
    : sql`${current} order by price.price_list_code = 'base' limit 1`;
}
