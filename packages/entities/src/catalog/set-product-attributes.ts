import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { withoutRowDetails } from '../operations/without-row-details.ts';
import { parseInput } from '../parse-input.ts';
import { noSuchProduct } from './get-product.ts';

const value = z.union([z.string().min(1).max(200), z.number(), z.boolean()]);
const assignment = z.strictObject({
  productId: z.uuid(),
  attributes: z.record(z.string(), z.array(value).max(100)),
});

/** The values that a product has of each attribute, by its code; an empty list removes what it has. */
export type AttributeAssignment = z.input<typeof assignment>;

/**
 * Replaces the values of the attributes that are named; others stay. `em.create(Attribute, ...)` makes an attribute.
 *
 * @throws UserError `bad-input`, `no-such-product`, `unknown-attribute`; `attribute-type` where a value is not of its
 *   attribute's type
 */
export async function setProductAttributes(em: EntityManager, input: AttributeAssignment): Promise<void> {
  const { productId, attributes } = parseInput(assignment, input);
  const codes = JSON.stringify(Object.keys(attributes));
  try {
    await withoutRowDetails(() =>
      em.transactional(async (em) => {
        const locked = await em.execute<unknown[]>(
          'select id from product where id = ? and deleted_at is null for no key update',
          [productId],
        );
        if (locked.length === 0) throw noSuchProduct(productId);
        await em.execute(
          `delete from product_attribute where product_id = ?
             and attribute_code in (select jsonb_array_elements_text(?::jsonb))`,
          [productId, codes],
        );
        await em.execute(
          `insert into product_attribute (product_id, attribute_code, value)
           select distinct ?::uuid, key, each.value
           from jsonb_each(?::jsonb) as named (key, list), jsonb_array_elements(list) as each (value)`,
          [productId, JSON.stringify(attributes)],
        );
      }),
    );
  } catch (error) {
    throw reasonOf(error, Object.keys(attributes).join(', '));
  }
}

function reasonOf(error: unknown, codes: string): unknown {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  switch (constraint) {
    case 'product_attribute_value_type':
      return new UserError('attribute-type', `Of ${codes}, a value is not of the type of its attribute.`, {
        hint: 'Its value_type is string, number or boolean, and does not change.',
        cause: error,
      });
    case 'product_attribute_attribute_code_foreign':
      return new UserError('unknown-attribute', `Not all of these are attributes: ${codes}.`, {
        cause: error,
      });
    default:
      return error;
  }
}
