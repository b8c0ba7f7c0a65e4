import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { noSuchProduct } from './get-product.ts';
import { noSuchVariant } from './set-price.ts';

const whichProduct = z.strictObject({ productId: z.uuid() });
const whichVariant = z.strictObject({ variantId: z.uuid() });

/**
 * Takes a product from the shop: nobody finds or buys it any more, and its handle is free. Orders keep it; a cart that
 * has it is told by `refreshCart`, and not checked out.
 *
 * @throws UserError `bad-input`; `no-such-product` where it was deleted before, or never was
 */
export async function softDeleteProduct(
  em: EntityManager,
  input: z.infer<typeof whichProduct>,
): Promise<void> {
  const { productId } = parseInput(whichProduct, input);
  if (!(await markDeleted(em, 'product', productId))) throw noSuchProduct(productId);
}

/**
 * Takes a variant from its product, as {@link softDeleteProduct} does with all of them; its SKU and options are free, and its
 * attributes are removed.
 *
 * @throws UserError `bad-input`; `no-such-variant` where it was deleted before, or never was
 */
export async function softDeleteVariant(
  em: EntityManager,
  input: z.infer<typeof whichVariant>,
): Promise<void> {
  const { variantId } = parseInput(whichVariant, input);
  await em.transactional(async (em) => {
    if (!(await markDeleted(em, 'product_variant', variantId))) throw noSuchVariant(variantId);
    // A search would go on finding the product by them.
    await em.execute('delete from product_attribute where variant_id = ?', [variantId]);
  });
}

async function markDeleted(
  em: EntityManager,
  table: 'product' | 'product_variant',
  id: string,
): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `update ${table} set deleted_at = now() where id = ? and deleted_at is null returning id`,
    [id],
  );
  return rows.length > 0;
}
