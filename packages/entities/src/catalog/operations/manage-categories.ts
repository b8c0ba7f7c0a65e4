import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { int4, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
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
});
const move = z.strictObject({ categoryId: z.uuid(), parentId: z.uuid().nullable() });

/** What {@link createCategory} takes: without `parentId` a root; `position` among its siblings defaults to 0. */
export type CategoryCreation = z.input<typeof creation>;

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

const findCategory = statement({ params: { id: uuid }, sql: 'select from category where id = :id' });

/**
 * Creates a category.
 *
 * @throws UserError `invalid-input`; `category-not-found`: no such parent; `category-exists`: the parent has the slug
 */
export async function createCategory(em: EntityManager, input: CategoryCreation): Promise<PlacedCategory> {
  const category = parseInput(creation, input);
  return await changeTree(em, category.parentId ?? null, async (em) => {
    return onlyRow(await insertCategory(em, category));
  });
}

/**
 * Moves a category and its subtree, whose paths it rewrites; `parentId` null makes it a root.
 *
 * @throws UserError `invalid-input`, `category-not-found`; `category-cycle`: the parent is the category or lies below
 *   it; `category-exists`: the parent has the slug
 */
export async function moveCategory(em: EntityManager, input: z.infer<typeof move>): Promise<PlacedCategory> {
  const { categoryId, parentId } = parseInput(move, input);
  return await changeTree(em, parentId, async (em) => {
    const [moved] = await updateParent(em, { categoryId, parentId });
    if (moved === undefined) throw categoryNotFound(categoryId);
    return moved;
  });
}

function categoryNotFound(id: string): UserError {
  return new UserError('category-not-found', `There is no category ${id}.`);
}

/** Makes changes of the tree one after another: two that move each below the other would deadlock. */
async function changeTree(
  em: EntityManager,
  parentId: string | null,
  change: (em: EntityManager) => Promise<PlacedCategory>,
): Promise<PlacedCategory> {
  try {
    return await withoutRowDetails(() =>
      em.transactional(async (em) => {
        await em.execute('lock table category in share row exclusive mode');
        if (parentId !== null) {
          const found = await findCategory(em, { id: parentId });
          if (found.length === 0) throw categoryNotFound(parentId);
        }
        return await change(em);
      }),
    );
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === 'category_no_cycle') {
      throw new UserError('category-cycle', 'A category cannot move below itself.', { cause: error });
    }
    if (constraint === 'category_path_unique') {
      throw new UserError('category-exists', 'The parent already has a category with this slug.', {
        cause: error,
      });
    }
    throw error;
  }
}
