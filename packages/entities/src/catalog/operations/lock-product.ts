import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { wholeNumber } from '../../bounds.ts';
import { int4, nullable, text, textArray, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { productNotFound } from './get-product.ts';

const lockedProduct = { id: uuid, status: text, optionNames: textArray, version: int4 };

/** A product whose row this transaction has locked. */
export type LockedProduct = RowOf<typeof lockedProduct>;

const lockProductRow = statement({
  params: { productId: uuid },
  row: lockedProduct,
  sql: `select id, status, option_names as "optionNames", version from product
    where id = :productId and deleted_at is null for no key update`,
});

/**
 * Locks a product. Whoever changes it, its options, variants or media takes this lock first.
 *
 * @throws UserError `product-not-found`
 */
export async function lockProduct(em: EntityManager, productId: string): Promise<LockedProduct> {
  const [product] = await lockProductRow(em, { productId });
  if (product === undefined) throw productNotFound(productId);
  return product;
}

const countUnpriced = statement({
  params: { productId: uuid, variantId: nullable(uuid) },
  row: { variants: int4, unpriced: int4 },
  sql: `select count(*)::integer as variants, count(*) filter (where not exists (
        select from price where variant_id = variant.id and price_list_code = 'base' and valid @> clock_timestamp()))::integer
      as unpriced
    from product_variant variant
    where product_id = :productId and deleted_at is null and (:variantId::uuid is null or id = :variantId)`,
});

/**
 * Refuses that a product without variants, or with one that has no price, is on sale.
 *
 * @param which only this variant; default all
 * @throws UserError `product-not-sellable`
 */
export async function requireSellable(
  em: EntityManager,
  which: { productId: string; variantId?: string },
): Promise<void> {
  const [count] = await countUnpriced(em, which);
  if (count !== undefined && count.variants > 0 && count.unpriced === 0) return;
  const fault = count?.unpriced ? 'a variant without a current base price' : 'no variant';
  throw new UserError(
    'product-not-sellable',
    `The product ${which.productId} would be on sale with ${fault}.`,
    {
      hint: 'Create variants with prices first: createVariant, setPrice.',
    },
  );
}

/** The version that somebody has read. */
export const version = wholeNumber(1, 2 ** 31 - 1);

/** A product after a change. Pass `version` to the next one, as `expectedVersion`. */
export interface ProductVersion {
  productId: string;
  version: number;
}
