import type { ClientBase } from 'pg';
import type { CatalogProduct } from './catalog.ts';
import { categoryPath, categoryTree } from './category-tree.ts';

export interface CategoryReport {
  created: number;
}

/**
 * Creates the categories that the shop lacks, and puts each product into its own at position 0, which belongs to the
 * import. Categories at other positions are left alone, and so is a product whose file names no category.
 */
export async function importCategories(
  client: ClientBase,
  products: readonly CatalogProduct[],
  productIds: ReadonlyMap<string, string>,
): Promise<CategoryReport> {
  const categorized = products.filter((product) => product.categoryPath.length > 0);
  const tree = categoryTree(categorized.map((product) => product.categoryPath));
  const existing = await client.query<{ path: string }>(
    'select path::text as path from category where path = any ($1::text[]::ltree[])',
    [tree.map(({ path }) => path)],
  );
  const known = new Set(existing.rows.map(({ path }) => path));
  const created = tree.filter(({ path }) => !known.has(path));
  // A trigger makes the path, from the parent's: parents first.
  await client.query(
    `with staged as materialized (
       select uuidv7() as id, s.*
       from json_to_recordset($1::json) as s (path ltree, "parentPath" ltree, slug text, name text, depth integer)
     )
     insert into category (id, parent_id, slug, name)
     select s.id, coalesce(parent.id, existing.id), s.slug, s.name
     from staged s
     left join staged parent on parent.path = s."parentPath"
     left join category existing on existing.path = s."parentPath"
     order by s.depth`,
    [JSON.stringify(created)],
  );
  const placements = categorized.map((product) => ({
    product_id: productIds.get(product.handle),
    path: categoryPath(product.categoryPath),
  }));
  const placed = `json_to_recordset($1::json) as s (product_id uuid, path ltree) join category c on c.path = s.path`;
  await client.query(
    `delete from product_category pc using ${placed}
     where pc.product_id = s.product_id and pc.position = 0 and pc.category_id <> c.id`,
    [JSON.stringify(placements)],
  );
  await client.query(
    `insert into product_category (product_id, category_id)
     select s.product_id, c.id from ${placed}
     on conflict (product_id, category_id) do nothing`,
    [JSON.stringify(placements)],
  );
  return { created: created.length };
}
