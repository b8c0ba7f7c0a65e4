import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { onceIfKeyed } from '../../runtime/once.ts';
import { reason } from '../../runtime/reason.ts';
import { bool, int4, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import {
  amountMinor,
  currencyCode,
  identifier,
  key,
  listOf,
  maxUnits,
  position,
  wholeNumber,
} from '../../bounds.ts';
import { slug } from '../slug.ts';
import { standardTaxClass } from '../../pricing/tax-by-region.ts';
import { parseInput } from '../../parse-input.ts';
import { namingRefusals } from './catalog-errors.ts';
import { lockProduct, requireSellable } from './lock-product.ts';
import { optionValues, requireOptions, variantTitle } from './option-values.ts';
import { setPrice } from './set-price.ts';

export const code = identifier.min(1);
export const weightGrams = wholeNumber(0, maxUnits);

const creation = z.strictObject({
  idempotencyKey: key.optional(),
  productId: z.uuid(),
  optionValues: optionValues.default({}),
  sku: code.optional(),
  barcode: code.optional(),
  position: position.optional(),
  weightGrams: weightGrams.default(0),
  requiresShipping: z.boolean().default(true),
  taxable: z.boolean().default(true),
  taxClass: slug.default(standardTaxClass),
  prices: listOf(
    z.strictObject({ currency: currencyCode, amountMinor, compareAtMinor: amountMinor.optional() }),
    200,
  ).default([]),
  reason,
});

/**
 * What {@link createVariant} takes: a value for each option of the product (none for one without options),
 * `weightGrams` (default 0), whether it is sent (`requiresShipping`) and taxed (`taxable`; both by default), its
 * `taxClass` (default `standard`), its place among its siblings (`position`, default the last), and its base `prices`
 * from now on, in minor units.
 */
export type VariantCreation = z.input<typeof creation>;

/** A variant after a change. Pass `version` to the next one, as `expectedVersion`. */
export interface VariantVersion {
  variantId: string;
  version: number;
}

const insertVariant = statement({
  params: {
    productId: uuid,
    sku: nullable(text),
    barcode: nullable(text),
    title: text,
    optionValues: jsonb(),
    position: nullable(int4),
    weightGrams: int4,
    requiresShipping: bool,
    taxable: bool,
    taxClass: text,
  },
  row: { variantId: uuid, version: int4 },
  sql: `insert into product_variant (product_id, sku, barcode, title, option_values, position, weight_grams,
      requires_shipping, taxable, tax_class)
    values (:productId, :sku, :barcode, :title, :optionValues,
      coalesce(:position, (select max(position) + 1 from product_variant
        where product_id = :productId and deleted_at is null), 0),
      :weightGrams, :requiresShipping, :taxable, :taxClass)
    returning id as "variantId", version`,
});

/**
 * Adds a variant to a product, with its prices; its title is the values of its options: `Red / M`. To a product that is
 * on sale only with a price. Concurrent calls for a product wait for each other. The audit log has `variant.create`.
 *
 * @throws UserError `invalid-input`, `product-not-found`; `option-mismatch`: not a value for each option;
 *   `variant-exists`: another variant has these options; `sku-taken`; `currency-not-found`; `product-not-sellable`: the
 *   product is on sale, and the variant has no price; `idempotency-conflict`
 */
export async function createVariant(em: EntityManager, input: VariantCreation): Promise<VariantVersion> {
  const request = parseInput(creation, input);
  const { productId, prices, reason, ...variant } = request;
  return await namingRefusals(() =>
    em.transactional((em) =>
      onceIfKeyed(em, 'create-variant', request, async () => {
        const product = await lockProduct(em, productId);
        const { optionValues } = variant;
        requireOptions(product.optionNames, optionValues);
        const title = variantTitle(product.optionNames, optionValues);
        const created = onlyRow(await insertVariant(em, { ...variant, productId, title }));
        const { variantId } = created;
        await recordAudit(em, {
          action: 'variant.create',
          entity: 'product_variant',
          entityId: variantId,
          detail: { productId, optionValues, ...(variant.sku && { sku: variant.sku }) },
          reason,
        });
        for (const price of prices) await setPrice(em, { ...price, variantId, reason });
        if (product.status === 'active') await requireSellable(em, { productId, variantId });
        return created;
      }),
    ),
  );
}
