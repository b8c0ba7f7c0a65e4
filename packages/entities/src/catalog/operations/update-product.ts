import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, nullable, text, textArray, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { handle, html, identifier, title } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { namingRefusals } from './catalog-errors.ts';
import { tags } from './create-product.ts';
import { lockProduct, type ProductVersion, requireSellable, version } from './lock-product.ts';

const update = z.strictObject({
  productId: z.uuid(),
  expectedVersion: version.optional(),
  handle: handle.optional(),
  title: title.optional(),
  descriptionHtml: html.optional(),
  vendor: identifier.optional(),
  productType: identifier.optional(),
  tags: tags.optional(),
  status: z.enum(['draft', 'active', 'archived']).optional(),
  reason,
});

/**
 * What {@link updateProduct} takes: what is left out stays. With `expectedVersion`, the version that was read, a change
 * that somebody else has made since is not overwritten.
 */
export type ProductUpdate = z.input<typeof update>;

const changeProduct = statement({
  params: {
    productId: uuid,
    handle: nullable(text),
    title: nullable(text),
    descriptionHtml: nullable(text),
    vendor: nullable(text),
    productType: nullable(text),
    tags: nullable(textArray),
    status: nullable(text),
  },
  row: { productId: uuid, version: int4 },
  sql: `update product set handle = coalesce(:handle, handle), title = coalesce(:title, title),
      description_html = coalesce(:descriptionHtml, description_html), vendor = coalesce(:vendor, vendor),
      product_type = coalesce(:productType, product_type), tags = coalesce(:tags, tags),
      status = coalesce(:status, status),
      published_at = case when :status = 'active' then coalesce(published_at, now()) else published_at end
    where id = :productId returning id as "productId", version`,
});

/**
 * Changes a product. It is on sale while its `status` is `active`, which needs a variant, and a current base price of
 * each. The audit log has `product.update` with the names of what was given, and the status before and after.
 *
 * @throws UserError `invalid-input`, `product-not-found`; `product-changed`: it is no longer of `expectedVersion`;
 *   `handle-taken`: another product has the handle; `product-not-sellable`: a variant has no price, or there is none
 */
export async function updateProduct(em: EntityManager, input: ProductUpdate): Promise<ProductVersion> {
  const { productId, expectedVersion, reason, ...changes } = parseInput(update, input);
  return await namingRefusals(() =>
    em.transactional(async (em) => {
      const before = await lockProduct(em, productId);
      if (expectedVersion !== undefined && expectedVersion !== before.version) {
        throw new UserError(
          'product-changed',
          `The product ${productId} is of version ${before.version}, not ${expectedVersion}.`,
          { hint: 'Read it again, and decide anew.' },
        );
      }
      const { status } = changes;
      if (status === 'active' && before.status !== 'active') await requireSellable(em, { productId });
      const changed = onlyRow(await changeProduct(em, { productId, ...changes }));
      const detail = {
        changed: Object.keys(changes),
        version: changed.version,
        ...(status && { from: before.status, to: status }),
      };
      await recordAudit(em, {
        action: 'product.update',
        entity: 'product',
        entityId: productId,
        detail,
        reason,
      });
      return changed;
    }),
  );
}
