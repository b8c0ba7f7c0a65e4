import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { jsonb, nullable, textArray, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { decimal, listOf, name, recordOf } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { lockProduct } from './lock-product.ts';
import { variantNotFound } from './set-price.ts';

const value = z.union([name, decimal, z.boolean()]);
const attributes = recordOf(listOf(value, 100), 1000);
const ofProduct = z.strictObject({ productId: z.uuid(), attributes });
const ofVariant = z.strictObject({ variantId: z.uuid(), attributes });

/** The values of a product for each attribute, by code; an empty list removes its values. */
export type AttributeAssignment = z.input<typeof ofProduct>;

/** The values of a variant for each attribute, in addition to those of its product. */
export type VariantAttributeAssignment = z.input<typeof ofVariant>;

const lockVariant = statement({
  params: { variantId: uuid },
  row: { productId: uuid },
  sql: `select product_id as "productId" from product_variant where id = :variantId and deleted_at is null
    for no key update`,
});

const deleteValues = statement({
  params: { productId: uuid, variantId: nullable(uuid), codes: textArray },
  sql: `delete from product_attribute where product_id = :productId and variant_id is not distinct from :variantId
    and attribute_code = any (:codes)`,
});

const insertValues = statement({
  params: { productId: uuid, variantId: nullable(uuid), attributes: jsonb() },
  sql: `insert into product_attribute (product_id, variant_id, attribute_code, value)
    select distinct :productId::uuid, :variantId::uuid, key, each.value
    from jsonb_each(:attributes) as named (key, list), jsonb_array_elements(list) as each (value)`,
});

/**
 * Replaces the values that a product has of the given attributes. Other attributes and those of its variants stay.
 *
 * @throws UserError `invalid-input`, `product-not-found`, `attribute-not-found`; `invalid-attribute-value`: a value
 *   is not of its attribute's type
 */
export async function setProductAttributes(em: EntityManager, input: AttributeAssignment): Promise<void> {
  const { productId, attributes } = parseInput(ofProduct, input);
  await replaceValues(em, attributes, async (em) => {
    await lockProduct(em, productId);
    return { productId, variantId: null };
  });
}

/**
 * Replaces the values that a variant has of the given attributes. A search finds its product by them.
 *
 * @throws UserError `invalid-input`, `variant-not-found`, `attribute-not-found`; `invalid-attribute-value`: a value
 *   is not of its attribute's type
 */
export async function setVariantAttributes(
  em: EntityManager,
  input: VariantAttributeAssignment,
): Promise<void> {
  const { variantId, attributes } = parseInput(ofVariant, input);
  await replaceValues(em, attributes, async (em) => {
    const [locked] = await lockVariant(em, { variantId });
    if (locked === undefined) throw variantNotFound(variantId);
    return { productId: locked.productId, variantId };
  });
}

/** Whose values they are; `variantId` null: the product itself. */
interface Owner {
  productId: string;
  variantId: string | null;
}

async function replaceValues(
  em: EntityManager,
  attributes: z.output<typeof ofProduct>['attributes'],
  lock: (em: EntityManager) => Promise<Owner>,
): Promise<void> {
  const codes = Object.keys(attributes);
  try {
    await withoutRowDetails(() =>
      em.transactional(async (em) => {
        const owner = await lock(em);
        await deleteValues(em, { ...owner, codes });
        await insertValues(em, { ...owner, attributes });
      }),
    );
  } catch (error) {
    throw reasonOf(error, codes.join(', '));
  }
}

function reasonOf(error: unknown, codes: string): unknown {
  switch (violatedConstraint(error)) {
    case 'product_attribute_value_type':
      return new UserError(
        'invalid-attribute-value',
        `A value of ${codes} is not of the type of its attribute.`,
        {
          hint: 'The value_type of an attribute is string, number or boolean, and never changes.',
          cause: error,
        },
      );
    case 'product_attribute_attribute_code_foreign':
      return new UserError('attribute-not-found', `Not all of these are attributes: ${codes}.`, {
        hint: 'Create them with createAttribute.',
        cause: error,
      });
    default:
      return error;
  }
}
