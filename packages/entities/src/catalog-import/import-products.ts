import type { ClientBase } from 'pg';
import type { CatalogProduct } from './catalog.ts';
import { countRows, type RowReport } from './row-report.ts';

/** Inserts the products that the shop lacks and updates those that differ; returns their ids by handle. */
export async function importProducts(
  client: ClientBase,
  products: readonly CatalogProduct[],
  at: string,
): Promise<{ productIds: Map<string, string>; report: RowReport }> {
  const rows = products.map((product, position) => ({
    position,
    handle: product.handle,
    title: product.title,
    description_html: product.bodyHtml,
    vendor: product.vendor,
    product_type: product.productType,
    status: product.status,
    option_names: product.optionNames,
    tags: product.tags,
  }));
  // What the file does not state is null here: an existing product keeps its own.
  const result = await client.query<{ id: string; handle: string; created: boolean; updated: boolean }>(
    `with merged as materialized (
       select p.id is null as created, coalesce(p.id, uuidv7()) as id, s.handle, s.title, s.option_names,
         coalesce(s.description_html, p.description_html, '') as description_html,
         coalesce(s.vendor, p.vendor, '') as vendor,
         coalesce(s.product_type, p.product_type, '') as product_type,
         coalesce(s.status, p.status, 'active') as status,
         coalesce(s.tags, p.tags, '{}') as tags
       from json_to_recordset($1::json) as s (position integer, handle text, title text, description_html text,
         vendor text, product_type text, status text, option_names text[], tags text[])
       left join product p on p.handle = s.handle and p.deleted_at is null
       order by s.position
     ), inserted as (
       insert into product (id, handle, title, description_html, vendor, product_type, status, option_names, tags,
         published_at)
       select id, handle, title, description_html, vendor, product_type, status, option_names, tags,
         case when status = 'active' then $2::timestamptz end
       from merged where created
     ), updated as (
       update product p
       set title = m.title, description_html = m.description_html, vendor = m.vendor,
         product_type = m.product_type, status = m.status, option_names = m.option_names, tags = m.tags,
         published_at = case when m.status = 'active' then coalesce(p.published_at, $2) else p.published_at end
       from merged m
       where p.id = m.id
         and (p.title, p.description_html, p.vendor, p.product_type, p.status, p.option_names, p.tags)
           is distinct from
           (m.title, m.description_html, m.vendor, m.product_type, m.status, m.option_names, m.tags)
       returning p.id
     )
     select m.id, m.handle, m.created, u.id is not null as updated from merged m left join updated u on u.id = m.id`,
    [JSON.stringify(rows), at],
  );
  return {
    productIds: new Map(result.rows.map(({ handle, id }) => [handle, id])),
    report: countRows(result.rows),
  };
}
