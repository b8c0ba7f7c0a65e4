import { hoursPerMonth, priceOf } from '@ecommerce-dms/stack';
import type { StackScope } from './remnant.ts';

/**
 * USD a month for `quantity` of something.
 *
 * @param key of the price list: `nat.hour`, `rds.backup`
 * @returns undefined when the price or the quantity is not known
 */
export function monthlyPrice(
  { region, prices }: Pick<StackScope, 'region' | 'prices'>,
  key: string,
  quantity: number | undefined,
): number | undefined {
  const price = priceOf(prices, region, key);
  if (price === undefined || quantity === undefined) return undefined;
  return quantity * price.usd * (price.per === 'hour' ? hoursPerMonth : 1);
}
