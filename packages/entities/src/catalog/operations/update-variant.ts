import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { position } from '../../bounds.ts';
import { slug } from '../slug.ts';
import { parseInput } from '../../parse-input.ts';
import { namingRefusals } from './catalog-errors.ts';
import { code, type VariantVersion, weightGrams } from './create-variant.ts';
import { lockProduct, version } from './lock-product.ts';
import { optionValues, requireOptions, variantTitle } from './option-values.ts';
import { variantNotFound } from './set-price.ts';

const update = z.strictObject({
  variantId: z.uuid(),
  expectedVersion: version.optional(),
  optionValues: optionValues.optional(),
  sku: code.nullable().optional(),
  barcode: code.nullable().optional(),
  position: position.optional(),
  weightGrams: weightGrams.optional(),
  requiresShipping: z.boolean().optional(),
  taxable: z.boolean().optional(),
  taxClass: slug.optional(),
  reason,
});

/**
 * What {@link updateVariant} takes: what is left out stays, null removes a SKU or a barcode. `optionValues` has all
 * options of the product. With `expectedVersion`, the version that was read, a change that somebody else has made since
 * is not overwritten.
 */
export type VariantUpdate = z.input<typeof update>;

const selectProductOf = statement({
  params: { variantId: uuid },
  row: { productId: uuid },
  sql: `select product_id as "productId" from product_variant where id = :variantId and deleted_at is null`,
});

const lockVariant = statement({
  params: { variantId: uuid },
  row: { version: int4 },
  sql: 'select version from product_variant where id = :variantId and deleted_at is null for no key update',
});

// jsonb_exists is the operator `?` as a function: it distinguishes what is left out from null.
const changeVariant = statement({
  params: { variantId: uuid, title: nullable(text), changes: jsonb() },
  row: { variantId: uuid, version: int4 },
  sql: `update product_variant v set
      option_values = coalesce(j -> 'optionValues', option_values), title = coalesce(:title, title),
      sku = case when jsonb_exists(j, 'sku') then j ->> 'sku' else sku end,
      barcode = case when jsonb_exists(j, 'barcode') then j ->> 'barcode' else barcode end,
      position = coalesce((j ->> 'position')::integer, position),
      weight_grams = coalesce((j ->> 'weightGrams')::integer, weight_grams),
      requires_shipping = coalesce((j ->> 'requiresShipping')::boolean, requires_shipping),
      taxable = coalesce((j ->> 'taxable')::boolean, taxable), tax_class = coalesce(j ->> 'taxClass', tax_class)
    from (values (:changes::jsonb)) as input (j)
    where v.id = :variantId returning v.id as "variantId", version`,
});

/**
 * Changes a variant; its price is changed by {@link setPrice}. Orders keep what they were placed with. The audit log
 * has `variant.update` with the names of what was given.
 *
 * @throws UserError `invalid-input`, `variant-not-found`; `variant-changed`: it is no longer of `expectedVersion`;
 *   `option-mismatch`: not a value for each option; `variant-exists`: another variant has these options; `sku-taken`
 */
export async function updateVariant(em: EntityManager, input: VariantUpdate): Promise<VariantVersion> {
  const { variantId, expectedVersion, reason, ...changes } = parseInput(update, input);
  return await namingRefusals(() =>
    em.transactional(async (em) => {
      const [of] = await selectProductOf(em, { variantId });
      if (of === undefined) throw variantNotFound(variantId);
      const { optionNames } = await lockProduct(em, of.productId);
      const [before] = await lockVariant(em, { variantId });
      if (before === undefined) throw variantNotFound(variantId);
      if (expectedVersion !== undefined && expectedVersion !== before.version) {
        throw new UserError(
          'variant-changed',
          `The variant ${variantId} is of version ${before.version}, not ${expectedVersion}.`,
          { hint: 'Read it again, and decide anew.' },
        );
      }
      let title: string | undefined;
      if (changes.optionValues) {
        requireOptions(optionNames, changes.optionValues);
        title = variantTitle(optionNames, changes.optionValues);
      }
      const [changed] = await changeVariant(em, { variantId, title, changes });
      if (changed === undefined) throw new Error('An update of a locked row returns it.');
      const detail = { changed: Object.keys(changes), version: changed.version };
      await recordAudit(em, {
        action: 'variant.update',
        entity: 'product_variant',
        entityId: variantId,
        detail,
        reason,
      });
      return changed;
    }),
  );
}
