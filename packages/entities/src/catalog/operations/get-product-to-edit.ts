import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import {
  int4,
  jsonb,
  nullable,
  text,
  textArray,
  textOf,
  timestamptz,
  uuid,
  uuidArray,
} from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { productNotFound } from './get-product.ts';

const which = z.strictObject({ productId: z.uuid() });

/** A variant, as who maintains it sees it. */
export interface VariantToEdit {
  id: string;
  version: number;
  sku: string | null;
  barcode: string | null;
  title: string;
  optionValues: Record<string, string>;
  position: number;
  weightGrams: number;
  requiresShipping: boolean;
  taxable: boolean;
  /** Which tax rates apply, if it is taxable. */
  taxClass: string;
}

const row = {
  id: uuid,
  version: int4,
  status: textOf<'draft' | 'active' | 'archived'>(),
  handle: text,
  title: text,
  descriptionHtml: text,
  vendor: text,
  productType: text,
  tags: textArray,
  optionNames: textArray,
  publishedAt: nullable(timestamptz),
  categoryIds: uuidArray,
  media: jsonb<{ id: string; url: string; alt: string; variantId: string | null }[]>(),
  variants: jsonb<VariantToEdit[]>(),
};

/** A product, as who maintains it sees it. */
export type ProductToEdit = RowOf<typeof row>;

const selectProduct = statement({
  params: { productId: uuid },
  row,
  sql: `select id, version, status, handle, title, description_html as "descriptionHtml", vendor,
      product_type as "productType", tags, option_names as "optionNames", published_at as "publishedAt",
      array(select category_id from product_category where product_id = product.id order by position, category_id)
        as "categoryIds",
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'url', url, 'alt', alt, 'variantId', variant_id)
          order by position, id), '[]') from product_media where product_id = product.id) as media,
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'version', version, 'sku', sku, 'barcode', barcode,
            'title', title, 'optionValues', option_values, 'position', position, 'weightGrams', weight_grams,
            'requiresShipping', requires_shipping, 'taxable', taxable, 'taxClass', tax_class) order by position, id), '[]')
        from product_variant where product_id = product.id and deleted_at is null) as variants
    from product where id = :productId and deleted_at is null`,
});

/**
 * Reads a product in any status with all that operations change of it, and the versions that they expect, in one
 * statement. Prices are read by {@link findPrices}.
 *
 * @throws UserError `invalid-input`, `product-not-found`
 */
export async function getProductToEdit(
  em: EntityManager,
  input: z.input<typeof which>,
): Promise<ProductToEdit> {
  const { productId } = parseInput(which, input);
  const [product] = await selectProduct(em, { productId });
  if (product === undefined) throw productNotFound(productId);
  return product;
}
