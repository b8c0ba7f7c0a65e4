import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { listOf } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { lockProduct } from './lock-product.ts';

const placement = z.strictObject({ productId: z.uuid(), categoryIds: listOf(z.uuid(), 100), reason });

/** What {@link setProductCategories} takes: all categories of the product, at most 100, the main one first. */
export type ProductPlacement = z.input<typeof placement>;

const leaveOthers = statement({
  params: { productId: uuid, categoryIds: uuidArray },
  sql: 'delete from product_category where product_id = :productId and category_id <> all (:categoryIds)',
});

const enter = statement({
  params: { productId: uuid, categoryIds: uuidArray },
  sql: `insert into product_category (product_id, category_id, position)
    select :productId, r.id, min(r.ordinality) - 1 from unnest(:categoryIds::uuid[]) with ordinality as r (id, ordinality)
    group by r.id
    on conflict (product_id, category_id) do update set position = excluded.position`,
});

/**
 * Puts a product into these categories, in this order, and out of all others. A search by a category finds it, and by
 * those above. The audit log has `product.set_categories`.
 *
 * @throws UserError `invalid-input`, `product-not-found`, `category-not-found`
 */
export async function setProductCategories(em: EntityManager, input: ProductPlacement): Promise<void> {
  const { productId, categoryIds, reason } = parseInput(placement, input);
  try {
    await withoutRowDetails(() =>
      em.transactional(async (em) => {
        await lockProduct(em, productId);
        await leaveOthers(em, { productId, categoryIds });
        await enter(em, { productId, categoryIds });
        const entry = { action: 'product.set_categories', entity: 'product', entityId: productId, reason };
        await recordAudit(em, { ...entry, detail: { categoryIds } });
      }),
    );
  } catch (error) {
    if (violatedConstraint(error) !== 'product_category_category_id_foreign') throw error;
    throw new UserError('category-not-found', 'Not all of these categories exist.', { cause: error });
  }
}
