import { sql } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { priceOfVariant } from './current-price.ts';
import { requirePriceList } from './require-price-list.ts';

const request = z.strictObject({
  variantIds: z.array(z.uuid()).max(1000),
  currency: z.string(),
  priceList: z.string().default('base'),
});

/** Of which variants, at most 1000, the prices are looked up; in which currency and list (`base` unless told). */
export type PriceRequest = z.input<typeof request>;

/** What a variant costs now. */
export interface FoundPrice {
  variantId: string;
  /** The list that the price is of: that of the request, or `base`. */
  priceList: string;
  amountMinor: bigint;
  /** The struck-through price beside it. */
  compareAtMinor: bigint | undefined;
}

/**
 * What variants cost now: the price of the list; of those that have none in it, the price of the list `base`. Variants
 * without either, or deleted, are left out. One statement, or two where the list is another one than `base`.
 *
 * @throws UserError `bad-input`; `unknown-price-list`
 */
export async function findPrices(em: EntityManager, input: PriceRequest): Promise<FoundPrice[]> {
  const { variantIds, ...scope } = parseInput(request, input);
  await requirePriceList(em, scope.priceList);
  const rows = await em.execute<
    { variantId: string; priceList: string; amount: string; compareAt: string | null }[]
  >(
    sql`select variant.id as "variantId", price.price_list_code as "priceList", price.amount_minor as amount,
      price.compare_at_minor as "compareAt"
    from product_variant variant cross join lateral (${priceOfVariant('variant.id', scope)}) price
    where variant.id = any (${`{${variantIds.join(',')}}`}::uuid[]) and variant.deleted_at is null
    order by variant.id`,
  );
  return rows.map(({ variantId, priceList, amount, compareAt }) => ({
    variantId,
    priceList,
    amountMinor: BigInt(amount),
    compareAtMinor: compareAt === null ? undefined : BigInt(compareAt),
  }));
}
