import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { onceIfKeyed } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, text, textArray, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { handle, html, identifier, key, listOf, name, title } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { namingRefusals } from './catalog-errors.ts';
import type { ProductVersion } from './lock-product.ts';

/** How many options a product may have, as in a file of Shopify. */
export const maxOptions = 3;

export const tags = listOf(name, 250);

const creation = z.strictObject({
  idempotencyKey: key.optional(),
  handle,
  title,
  descriptionHtml: html.default(''),
  vendor: identifier.default(''),
  productType: identifier.default(''),
  tags: tags.default([]),
  optionNames: listOf(name, maxOptions)
    .refine((names) => new Set(names).size === names.length, 'has a name twice')
    .default([]),
  reason,
});

/**
 * What {@link createProduct} takes: the `handle` of its page, at most 3 options (`['Color', 'Size']`, default none), of
 * which each variant has a value. The description is stored as it is, not sanitised.
 */
export type ProductCreation = z.input<typeof creation>;

const insertProduct = statement({
  params: {
    handle: text,
    title: text,
    descriptionHtml: text,
    vendor: text,
    productType: text,
    tags: textArray,
    optionNames: textArray,
  },
  row: { productId: uuid, version: int4 },
  sql: `insert into product (handle, title, description_html, vendor, product_type, tags, option_names)
    values (:handle, :title, :descriptionHtml, :vendor, :productType, :tags, :optionNames)
    returning id as "productId", version`,
});

/**
 * Creates a product, as a draft: {@link createVariant} gives it variants, {@link updateProduct} puts it on sale. A
 * search finds it from then on. The audit log has `product.create`.
 *
 * @throws UserError `invalid-input`; `handle-taken`: another product has the handle; `idempotency-conflict`
 * @example
 * ```ts
 * const { productId } = await createProduct(em, { handle: 'tee', title: 'Tee', optionNames: ['Size'] });
 * const prices = [{ currency: 'EUR', amountMinor: 1999n }];
 * await createVariant(em, { productId, optionValues: { Size: 'M' }, sku: 'TEE-M', prices });
 * await updateProduct(em, { productId, status: 'active' });
 * ```
 */
export async function createProduct(em: EntityManager, input: ProductCreation): Promise<ProductVersion> {
  const product = parseInput(creation, input);
  return await namingRefusals(() =>
    em.transactional((em) =>
      onceIfKeyed(em, 'create-product', product, async () => {
        const created = onlyRow(await insertProduct(em, product));
        const { handle, reason } = product;
        await recordAudit(em, {
          action: 'product.create',
          entity: 'product',
          entityId: created.productId,
          detail: { handle },
          reason,
        });
        return created;
      }),
    ),
  );
}
