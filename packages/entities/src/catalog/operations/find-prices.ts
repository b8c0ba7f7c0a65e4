import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, int8, nullable, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { currencyCode, listOf } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../slug.ts';
import { baseList, currentPrice, isTaxIncluded } from './current-price.ts';
import { requirePriceList } from './require-price-list.ts';

const request = z.strictObject({
  variantIds: listOf(z.uuid(), 1000),
  currency: currencyCode,
  priceList: slug.default('base'),
});

/** Which variants, at most 1000, and in which currency and list (default `base`). */
export type PriceRequest = z.input<typeof request>;

/** The current price of a variant, in minor units. */
export interface FoundPrice {
  variantId: string;
  /** The list that has the price: that of the request, or `base`. */
  priceList: string;
  amountMinor: bigint;
  /** The struck-through price shown with it. */
  compareAtMinor: bigint | undefined;
  /** Whether both amounts include their taxes. */
  taxIncluded: boolean;
}

const params = { variantIds: uuidArray, currency: text };
const row = {
  variantId: uuid,
  priceList: text,
  amountMinor: int8,
  compareAtMinor: nullable(int8),
  taxIncluded: bool,
};
const pricesOf = (priceList: string) =>
  `select variant.id as "variantId", price.price_list_code as "priceList", price.amount_minor as "amountMinor",
     price.compare_at_minor as "compareAtMinor",
     ${isTaxIncluded({ priceList, currency: ':currency' })} as "taxIncluded"
   from product_variant variant
   cross join lateral (${currentPrice('variant.id', { priceList, currency: ':currency' })}) price
   where variant.id = any (:variantIds) and variant.deleted_at is null
   order by variant.id`;

const selectBasePrices = statement({ params, row, sql: pricesOf(baseList) });
const selectPricesOfList = statement({
  params: { ...params, priceList: text },
  row,
  sql: pricesOf(':priceList'),
});

/**
 * Finds the current prices of variants: those of the list, or else of `base`. Variants that are deleted or have
 * neither are left out. One statement, or two for another list than `base`.
 *
 * @throws UserError `invalid-input`, `price-list-not-found`
 */
export async function findPrices(em: EntityManager, input: PriceRequest): Promise<FoundPrice[]> {
  const wanted = parseInput(request, input);
  await requirePriceList(em, wanted.priceList);
  const found =
    wanted.priceList === 'base' ? await selectBasePrices(em, wanted) : await selectPricesOfList(em, wanted);
  return found.map((price) => ({ ...price, compareAtMinor: price.compareAtMinor ?? undefined }));
}
