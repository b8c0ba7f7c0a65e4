import { hoursPerMonth } from '../cost/estimate-cost.ts';
import { priceList } from '../cost/price-list.ts';

/**
 * USD a month for `quantity` of something.
 *
 * @param key of the price list: `nat.hour`, `rds.backup`
 * @returns undefined when the price or the quantity is not known
 */
export function monthlyPrice(
  region: string,
  key: string,
  quantity: number | undefined = 1,
): number | undefined {
  const price = priceList.regions[region]?.[key];
  if (price === undefined) return undefined;
  return quantity * price.usd * (price.per === 'hour' ? hoursPerMonth : 1);
}
