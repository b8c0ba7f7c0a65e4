import type { ClientBase } from 'pg';
import { bool, json, text, timestamptzText, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { CatalogProduct } from './catalog.ts';
import { productFieldEntries } from './product-fields.ts';
import { countRows, type RowReport } from './row-report.ts';

/** Columns of which every product of a file says something. */
const stated = ['title', 'option_names'];
const fields = [
  ...productFieldEntries.map(([, { column, otherwise }]) => ({ column, otherwise })),
  { column: 'status', otherwise: `'active'` },
];
const columns = [...stated, ...fields.map(({ column }) => column)];
const list = (of: string) => columns.map((column) => `${of}.${column}`).join(', ');

// What the file does not state is null in s: an existing product keeps its own.
const mergeProducts = statement({
  params: { products: json(), at: timestamptzText },
  row: { id: uuid, handle: text, created: bool, updated: bool },
  sql: `with merged as materialized (
    select p.id is null as created, coalesce(p.id, uuidv7()) as id, s.handle, s.title, s.option_names,
      ${fields.map(({ column, otherwise }) => `coalesce(s.${column}, p.${column}, ${otherwise}) as ${column}`).join(', ')}
    from rows from (json_populate_recordset(null::product, :products)) with ordinality as s
    left join product p on p.handle = s.handle and p.deleted_at is null
    order by s.ordinality
  ), inserted as (
    insert into product (id, handle, ${columns.join(', ')}, published_at)
    select id, handle, ${columns.join(', ')}, case when status = 'active' then :at::timestamptz end
    from merged where created
  ), updated as (
    update product p
    set ${columns.map((column) => `${column} = m.${column}`).join(', ')},
      published_at = case when m.status = 'active' then coalesce(p.published_at, :at) else p.published_at end
    from merged m
    where p.id = m.id and (${list('p')}) is distinct from (${list('m')})
    returning p.id
  )
  select m.id, m.handle, m.created, u.id is not null as updated from merged m left join updated u on u.id = m.id`,
});

/** Inserts the products that the shop lacks and updates those that differ; returns their ids by handle. */
export async function importProducts(
  client: ClientBase,
  products: readonly CatalogProduct[],
  at: string,
): Promise<{ productIds: Map<string, string>; report: RowReport }> {
  const rows = products.map((product) => ({
    handle: product.handle,
    title: product.title,
    option_names: product.optionNames,
    status: product.status,
    ...Object.fromEntries(productFieldEntries.map(([name, { column }]) => [column, product[name]])),
  }));
  const merged = await mergeProducts(client, { products: rows, at });
  return {
    productIds: new Map(merged.map(({ handle, id }) => [handle, id])),
    report: countRows(merged),
  };
}
