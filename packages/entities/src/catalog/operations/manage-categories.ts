import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { recordAudit } from '../../runtime/audit.ts';
import { reason } from '../../runtime/reason.ts';
import { int4, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { name, position } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { slug } from '../slug.ts';

const creation = z.strictObject({
  parentId: z.uuid().optional(),
  slug,
  name,
  position: position.default(0),
  reason,
});
const move = z.strictObject({ categoryId: z.uuid(), parentId: z.uuid().nullable(), reason });
const update = z.strictObject({
  categoryId: z.uuid(),
  slug: slug.optional(),
  name: name.optional(),
  position: position.optional(),
  reason,
});
const deletion = z.strictObject({ categoryId: z.uuid(), reason });

/** What {@link createCategory} takes: without `parentId` a root; `position` among its siblings defaults to 0. */
export type CategoryCreation = z.input<typeof creation>;

/** What {@link updateCategory} takes: what is left out stays. */
export type CategoryUpdate = z.input<typeof update>;

/** A category with its path: the slugs from its root, joined by dots, with `_` for `-`. */
export interface PlacedCategory {
  id: string;
  path: string;
}

const insertCategory = statement({
  params: { parentId: nullable(uuid), slug: text, name: text, position: int4 },
  row: { id: uuid, path: text },
  sql: `insert into category (parent_id, slug, name, position) values (:parentId, :slug, :name, :position)
    returning id, path::text as path`,
});

const updateParent = statement({
  params: { categoryId: uuid, parentId: nullable(uuid) },
  row: { id: uuid, path: text },
  sql: 'update category set parent_id = :parentId where id = :categoryId returning id, path::text as path',
});

const changeCategory = statement({
  params: { categoryId: uuid, slug: nullable(text), name: nullable(text), position: nullable(int4) },
  row: { id: uuid, path: text },
  sql: `update category set slug = coalesce(:slug, slug), name = coalesce(:name, name),
      position = coalesce(:position, position)
    where id = :categoryId returning id, path::text as path`,
});

const removeCategory = statement({
  params: { categoryId: uuid },
  row: { id: uuid, path: text },
  sql: 'delete from category where id = :categoryId returning id, path::text as path',
});

const findCategory = statement({ params: { id: uuid }, sql: 'select from category where id = :id' });

/**
 * Creates a category. The audit log has `category.create`.
 *
 * @throws UserError `invalid-input`; `category-not-found`: no such parent; `category-exists`: the parent has the slug
 */
export async function createCategory(em: EntityManager, input: CategoryCreation): Promise<PlacedCategory> {
  const { reason, ...category } = parseInput(creation, input);
  const { parentId } = category;
  return await changeTree(em, { action: 'category.create', reason, parentId }, (em) =>
    insertCategory(em, category),
  );
}

/**
 * Moves a category and its subtree, whose paths it rewrites; `parentId` null makes it a root. The audit log has
 * `category.move`.
 *
 * @throws UserError `invalid-input`, `category-not-found`; `category-cycle`: the parent is the category or lies below
 *   it; `category-exists`: the parent has the slug
 */
export async function moveCategory(em: EntityManager, input: z.input<typeof move>): Promise<PlacedCategory> {
  const { categoryId, parentId, reason } = parseInput(move, input);
  return await changeTree(em, { action: 'category.move', reason, categoryId, parentId }, (em) =>
    updateParent(em, { categoryId, parentId }),
  );
}

/**
 * Renames a category, or gives it another place among its siblings; another slug rewrites the paths of its subtree. The
 * audit log has `category.update`.
 *
 * @throws UserError `invalid-input`, `category-not-found`; `category-exists`: the parent has the slug
 */
export async function updateCategory(em: EntityManager, input: CategoryUpdate): Promise<PlacedCategory> {
  const { reason, ...category } = parseInput(update, input);
  const { categoryId } = category;
  return await changeTree(em, { action: 'category.update', reason, categoryId }, (em) =>
    changeCategory(em, category),
  );
}

/**
 * Deletes a category without products, without others below it, and that no promotion names. The audit log has
 * `category.delete`.
 *
 * @throws UserError `invalid-input`, `category-not-found`; `category-in-use`: it has products, others below it, or a
 *   promotion, which may have ended
 */
export async function deleteCategory(em: EntityManager, input: z.input<typeof deletion>): Promise<void> {
  const { categoryId, reason } = parseInput(deletion, input);
  await changeTree(em, { action: 'category.delete', reason, categoryId }, (em) =>
    removeCategory(em, { categoryId }),
  );
}

function categoryNotFound(id: string): UserError {
  return new UserError('category-not-found', `There is no category ${id}.`);
}

/** What is changed, and where to. */
interface TreeChange {
  action: string;
  reason: string | undefined;
  categoryId?: string;
  parentId?: string | null | undefined;
}

/** Makes changes of the tree one after another: two that move each below the other would deadlock. */
async function changeTree(
  em: EntityManager,
  { action, reason, categoryId = '', parentId }: TreeChange,
  change: (em: EntityManager) => Promise<PlacedCategory[]>,
): Promise<PlacedCategory> {
  try {
    return await withoutRowDetails(() =>
      em.transactional(async (em) => {
        await em.execute('lock table category in share row exclusive mode');
        if (parentId) {
          const found = await findCategory(em, { id: parentId });
          if (found.length === 0) throw categoryNotFound(parentId);
        }
        const [changed] = await change(em);
        if (changed === undefined) throw categoryNotFound(categoryId);
        const { id: entityId, path } = changed;
        await recordAudit(em, { action, entity: 'category', entityId, detail: { path }, reason });
        return changed;
      }),
    );
  } catch (error) {
    throw reasonOf(error);
  }
}

function reasonOf(cause: unknown): unknown {
  switch (violatedConstraint(cause)) {
    case 'category_no_cycle':
      return new UserError('category-cycle', 'A category cannot move below itself.', { cause });
    case 'category_path_unique':
      return new UserError('category-exists', 'The parent already has a category with this slug.', { cause });
    case 'category_parent_id_foreign':
    case 'product_category_category_id_foreign':
      return new UserError('category-in-use', 'The category has products, or others below it.', { cause });
    case 'promotion_target_category_id_foreign':
      return new UserError('category-in-use', 'A promotion names the category.', {
        cause,
        hint: 'What a promotion was for stays known, even when it has ended: rename or move the category.',
      });
    default:
      return cause;
  }
}
