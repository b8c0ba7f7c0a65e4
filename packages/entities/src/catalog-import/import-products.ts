import type { ClientBase } from 'pg';
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
const statement = `with merged as materialized (
    select p.id is null as created, coalesce(p.id, uuidv7()) as id, s.handle, s.title, s.option_names,
      ${fields.map(({ column, otherwise }) => `coalesce(s.${column}, p.${column}, ${otherwise}) as ${column}`).join(', ')}
    from rows from (json_populate_recordset(null::product, $1::json)) with ordinality as s
    left join product p on p.handle = s.handle and p.deleted_at is null
    order by s.ordinality
  ), inserted as (
    insert into product (id, handle, ${columns.join(', ')}, published_at)
    select id, handle, ${columns.join(', ')}, case when status = 'active' then $2::timestamptz end
    from merged where created
  ), updated as (
    update product p
    set ${columns.map((column) => `${column} = m.${column}`).join(', ')},
      published_at = case when m.status = 'active' then coalesce(p.published_at, $2) else p.published_at end
    from merged m
    where p.id = m.id and (${list('p')}) is distinct from (${list('m')})
    returning p.id
  )
  select m.id, m.handle, m.created, u.id is not null as updated from merged m left join updated u on u.id = m.id`;

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
  const result = await client.query<{ id: string; handle: string; created: boolean; updated: boolean }>(
    statement,
    [JSON.stringify(rows), at],
  );
  return {
    productIds: new Map(result.rows.map(({ handle, id }) => [handle, id])),
    report: countRows(result.rows),
  };
}
