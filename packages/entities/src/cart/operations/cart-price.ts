import { currentPrice } from '../../catalog/operations/current-price.ts';

/** SQL: the price list of a cart, of which `cart` is the alias. */
export function priceListOf(cart: string): string {
  return `coalesce(${cart}.price_list_code, 'base')`;
}

/** SQL: a sub-select of what a variant, which is SQL, costs now in a cart, of which `cart` is the alias. */
export function currentPriceIn(cart: string, variantId: string): string {
  return currentPrice(variantId, { priceList: priceListOf(cart), currency: `${cart}.currency_code` });
}
