import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { text } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../slug.ts';

const creation = z.strictObject({
  code: slug,
  name,
  valueType: z.enum(['string', 'number', 'boolean']),
});

/** What {@link createAttribute} takes. The `valueType` never changes. */
export type AttributeCreation = z.input<typeof creation>;

const insertAttribute = statement({
  params: { code: text, name: text, valueType: text },
  sql: 'insert into attribute (code, name, value_type) values (:code, :name, :valueType)',
});

/**
 * Creates an attribute; `setProductAttributes` and `setVariantAttributes` set its values.
 *
 * @throws UserError `invalid-input`, `attribute-exists`
 */
export async function createAttribute(em: EntityManager, input: AttributeCreation): Promise<void> {
  const attribute = parseInput(creation, input);
  try {
    await withoutRowDetails(() => insertAttribute(em, attribute));
  } catch (error) {
    if (violatedConstraint(error) !== 'attribute_pkey') throw error;
    throw new UserError('attribute-exists', `There already is an attribute '${attribute.code}'.`, {
      cause: error,
    });
  }
}

const renaming = z.strictObject({ code: slug, name });

const changeName = statement({
  params: { code: text, name: text },
  row: { code: text },
  sql: 'update attribute set name = :name where code = :code returning code',
});

/**
 * Renames an attribute, as customers see it; its code and its type never change.
 *
 * @throws UserError `invalid-input`, `attribute-not-found`
 */
export async function renameAttribute(em: EntityManager, input: z.input<typeof renaming>): Promise<void> {
  const { code, name } = parseInput(renaming, input);
  const changed = await changeName(em, { code, name });
  if (changed.length === 0) throw new UserError('attribute-not-found', `There is no attribute '${code}'.`);
}
