import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { productNotFound } from './get-product.ts';
import { variantNotFound } from './set-price.ts';

const whichProduct = z.strictObject({ productId: z.uuid(), reason });
const whichVariant = z.strictObject({ variantId: z.uuid(), reason });

const markProductDeleted = statement({
  params: { productId: uuid },
  row: { id: uuid },
  sql: 'update product set deleted_at = now() where id = :productId and deleted_at is null returning id',
});

// Also one that is deleted.
const lockProductOf = statement({
  params: { variantId: uuid },
  row: { id: uuid, isOnSale: bool },
  sql: `select id, status = 'active' and deleted_at is null as "isOnSale" from product
    where id = (select product_id from product_variant where id = :variantId) for no key update`,
});

const selectVariants = statement({
  params: { productId: uuid },
  row: {},
  sql: 'select from product_variant where product_id = :productId and deleted_at is null limit 1',
});

const markVariantDeleted = statement({
  params: { variantId: uuid },
  row: { id: uuid },
  sql: 'update product_variant set deleted_at = now() where id = :variantId and deleted_at is null returning id',
});

// A search would go on finding the product by them.
const deleteAttributesOfVariant = statement({
  params: { variantId: uuid },
  sql: 'delete from product_attribute where variant_id = :variantId',
});

/**
 * Deletes a product from the shop: it is no longer found or sold, and its handle is free. Orders keep it;
 * `refreshCart` removes it from carts, and a checkout with it is refused. The audit log has `product.delete`.
 *
 * @throws UserError `invalid-input`; `product-not-found`: it does not exist, or was deleted before
 */
export async function softDeleteProduct(
  em: EntityManager,
  input: z.input<typeof whichProduct>,
): Promise<void> {
  const { productId, reason } = parseInput(whichProduct, input);
  await em.transactional(async (em) => {
    const deleted = await markProductDeleted(em, { productId });
    if (deleted.length === 0) throw productNotFound(productId);
    await recordAudit(em, { action: 'product.delete', entity: 'product', entityId: productId, reason });
  });
}

/**
 * Deletes a variant from its product, as {@link softDeleteProduct} does with all of them. Its SKU and options are
 * free, and its attributes are removed. The audit log has `variant.delete`.
 *
 * @throws UserError `invalid-input`; `variant-not-found`: it does not exist, or was deleted before;
 *   `product-not-sellable`: its product is on sale, and has no other
 */
export async function softDeleteVariant(
  em: EntityManager,
  input: z.input<typeof whichVariant>,
): Promise<void> {
  const { variantId, reason } = parseInput(whichVariant, input);
  await em.transactional(async (em) => {
    const [product] = await lockProductOf(em, { variantId });
    const deleted = await markVariantDeleted(em, { variantId });
    if (product === undefined || deleted.length === 0) throw variantNotFound(variantId);
    if (product.isOnSale) await requireVariant(em, product.id);
    await deleteAttributesOfVariant(em, { variantId });
    await recordAudit(em, {
      action: 'variant.delete',
      entity: 'product_variant',
      entityId: variantId,
      reason,
    });
  });
}

async function requireVariant(em: EntityManager, productId: string): Promise<void> {
  const left = await selectVariants(em, { productId });
  if (left.length > 0) return;
  throw new UserError('product-not-sellable', `The product ${productId} would be on sale with no variant.`, {
    hint: 'Archive the product (updateProduct), or delete it (softDeleteProduct).',
  });
}
