import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, jsonb, textArray, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { name } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { namingRefusals } from './catalog-errors.ts';
import { maxOptions } from './create-product.ts';
import { lockProduct, type ProductVersion } from './lock-product.ts';
import { type OptionValues, variantTitle } from './option-values.ts';

const addition = z.strictObject({ productId: z.uuid(), name, value: name.optional(), reason });
const renaming = z.strictObject({ productId: z.uuid(), name, newName: name, reason });
const removal = z.strictObject({ productId: z.uuid(), name, reason });

/** What {@link addOption} takes: the `value` that the variants get which are there. */
export type OptionAddition = z.input<typeof addition>;

/** What {@link renameOption} takes. */
export type OptionRenaming = z.input<typeof renaming>;

/** What {@link removeOption} takes. */
export type OptionRemoval = z.input<typeof removal>;

const lockVariants = statement({
  params: { productId: uuid },
  row: { id: uuid, optionValues: jsonb<OptionValues>() },
  sql: `select id, option_values as "optionValues" from product_variant
    where product_id = :productId and deleted_at is null order by id for no key update`,
});

const changeOptionNames = statement({
  params: { productId: uuid, optionNames: textArray },
  row: { productId: uuid, version: int4 },
  sql: `update product set option_names = :optionNames where id = :productId
    returning id as "productId", version`,
});

const changeOptionValues = statement({
  params: { variants: jsonb() },
  sql: `update product_variant v set option_values = r."optionValues", title = r.title
    from jsonb_to_recordset(:variants) as r (id uuid, "optionValues" jsonb, title text) where v.id = r.id`,
});

/** What becomes of the options of a product. */
interface OptionChange {
  optionNames: string[];
  /** The values of a variant, from those that it has. */
  valuesOf(values: OptionValues): OptionValues;
}

/**
 * Adds an option to a product, as its last one. Its variants get `value`, and can be given another by
 * {@link updateVariant}. The audit log has `product.add_option`.
 *
 * @throws UserError `invalid-input`, also for a fourth option; `product-not-found`; `option-exists`; `option-mismatch`:
 *   there are variants, and no `value` for them
 */
export async function addOption(em: EntityManager, input: OptionAddition): Promise<ProductVersion> {
  const { name, value, ...request } = parseInput(addition, input);
  return await changeOptions(em, 'product.add_option', { ...request, detail: { name, value } }, (names) => {
    if (names.length >= maxOptions) {
      throw new UserError('invalid-input', `name: a product has at most ${maxOptions} options`);
    }
    refuseTaken(names, name);
    return {
      optionNames: [...names, name],
      valuesOf: (values) => {
        if (value === undefined) {
          throw new UserError('option-mismatch', `The variants of the product need a value of '${name}'.`, {
            hint: 'Pass it as value.',
          });
        }
        return { ...values, [name]: value };
      },
    };
  });
}

/**
 * Renames an option of a product, which keeps its place and its values. The audit log has `product.rename_option`.
 *
 * @throws UserError `invalid-input`, `product-not-found`, `option-not-found`; `option-exists`: it has the new name, too
 */
export async function renameOption(em: EntityManager, input: OptionRenaming): Promise<ProductVersion> {
  const { name, newName, ...request } = parseInput(renaming, input);
  return await changeOptions(
    em,
    'product.rename_option',
    { ...request, detail: { name, newName } },
    (names) => {
      requireOption(names, name);
      if (newName !== name) refuseTaken(names, newName);
      const rename = (each: string) => (each === name ? newName : each);
      return {
        optionNames: names.map(rename),
        valuesOf: (values) =>
          Object.fromEntries(Object.entries(values).map(([each, value]) => [rename(each), value])),
      };
    },
  );
}

/**
 * Removes an option, and its values from the variants. Refused where two of them would then be the same: delete one
 * with {@link softDeleteVariant} first. The audit log has `product.remove_option`.
 *
 * @throws UserError `invalid-input`, `product-not-found`, `option-not-found`; `variant-exists`: two variants differ in
 *   this option only
 */
export async function removeOption(em: EntityManager, input: OptionRemoval): Promise<ProductVersion> {
  const { name, ...request } = parseInput(removal, input);
  return await changeOptions(em, 'product.remove_option', { ...request, detail: { name } }, (names) => {
    requireOption(names, name);
    return {
      optionNames: names.filter((each) => each !== name),
      valuesOf: (values) => Object.fromEntries(Object.entries(values).filter(([each]) => each !== name)),
    };
  });
}

async function changeOptions(
  em: EntityManager,
  action: string,
  request: { productId: string; reason?: string | undefined; detail: object },
  change: (optionNames: readonly string[]) => OptionChange,
): Promise<ProductVersion> {
  const { productId, reason, detail } = request;
  return await namingRefusals(() =>
    em.transactional(async (em) => {
      const product = await lockProduct(em, productId);
      const { optionNames, valuesOf } = change(product.optionNames);
      const variants = (await lockVariants(em, { productId })).map(({ id, optionValues }) => {
        const values = valuesOf(optionValues);
        return { id, optionValues: values, title: variantTitle(optionNames, values) };
      });
      const changed = onlyRow(await changeOptionNames(em, { productId, optionNames }));
      await changeOptionValues(em, { variants });
      await recordAudit(em, {
        action,
        entity: 'product',
        entityId: productId,
        detail: { ...detail },
        reason,
      });
      return changed;
    }),
  );
}

function requireOption(names: readonly string[], name: string): void {
  if (!names.includes(name)) throw new UserError('option-not-found', `The product has no option '${name}'.`);
}

function refuseTaken(names: readonly string[], name: string): void {
  if (names.includes(name)) throw new UserError('option-exists', `The product has an option '${name}'.`);
}
