import type { ClientBase } from 'pg';
import { json, text, textArray } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { CatalogProduct } from './catalog.ts';
import { categoryPath, categoryTree } from './category-tree.ts';

export interface CategoryReport {
  created: number;
}

const findCategories = statement({
  params: { paths: textArray },
  row: { path: text },
  sql: 'select path::text as path from category where path = any (:paths::text[]::ltree[])',
});

// Parents first: a trigger derives the path from the parent's.
const insertCategories = statement({
  params: { categories: json() },
  sql: `with staged as materialized (
      select uuidv7() as id, s.*
      from json_to_recordset(:categories) as s (path ltree, "parentPath" ltree, slug text, name text, depth integer)
    )
    insert into category (id, parent_id, slug, name)
    select s.id, coalesce(parent.id, existing.id), s.slug, s.name
    from staged s
    left join staged parent on parent.path = s."parentPath"
    left join category existing on existing.path = s."parentPath"
    order by s.depth`,
});

const placed = `json_to_recordset(:placements) as s (product_id uuid, path ltree) join category c on c.path = s.path`;

const deleteOtherPlacements = statement({
  params: { placements: json() },
  sql: `delete from product_category pc using ${placed}
    where pc.product_id = s.product_id and pc.position = 0 and pc.category_id <> c.id`,
});

const insertPlacements = statement({
  params: { placements: json() },
  sql: `insert into product_category (product_id, category_id)
    select s.product_id, c.id from ${placed}
    on conflict (product_id, category_id) do nothing`,
});

/**
 * Creates the categories that the shop lacks, and puts each product into its own at position 0, which belongs to the
 * import. Categories at other positions stay, and so does a product whose file names no category.
 */
export async function importCategories(
  client: ClientBase,
  products: readonly CatalogProduct[],
  productIds: ReadonlyMap<string, string>,
): Promise<CategoryReport> {
  const categorized = products.filter((product) => product.categoryPath.length > 0);
  const tree = categoryTree(categorized.map((product) => product.categoryPath));
  const existing = await findCategories(client, { paths: tree.map(({ path }) => path) });
  const known = new Set(existing.map(({ path }) => path));
  const created = tree.filter(({ path }) => !known.has(path));
  await insertCategories(client, { categories: created });
  const placements = categorized.map((product) => ({
    product_id: productIds.get(product.handle),
    path: categoryPath(product.categoryPath),
  }));
  await deleteOtherPlacements(client, { placements });
  await insertPlacements(client, { placements });
  return { created: created.length };
}
