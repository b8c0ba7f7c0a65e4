import type { ClientBase } from 'pg';
import { json, text, timestamptzText, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { CatalogProduct } from './catalog.ts';
import { countRows, mergedRow, mergeRows, type RowReport } from './merge-rows.ts';
import { productFieldEntries } from './product-fields.ts';

/** Columns that every file has for every product. */
const stated = ['title', 'option_names'];
const fields = [
  ...productFieldEntries.map(([, { column, otherwise }]) => ({ column, otherwise })),
  { column: 'status', otherwise: `'active'` },
];
/** SQL: the column after the import: the file's, or else the shop's (`p`), or else that of a new product. */
const afterImport = ({ column, otherwise }: (typeof fields)[number]) =>
  `coalesce(s.${column}, p.${column}, ${otherwise})`;

const mergeProducts = statement({
  params: { products: json(), at: timestamptzText },
  row: { id: uuid, handle: text, ...mergedRow },
  sql: mergeRows({
    table: 'product',
    rows: `select *,
        case when status = 'active' then coalesce(published_before, :at::timestamptz) else published_before end
          as published_at
      from (
        select p.id is null as created, coalesce(p.id, uuidv7()) as id, p.published_at as published_before,
          s.handle, s.title, s.option_names,
          ${fields.map((field) => `${afterImport(field)} as ${field.column}`).join(', ')}
        from rows from (json_populate_recordset(null::product, :products)) with ordinality as s
        left join product p on p.handle = s.handle and p.deleted_at is null
        order by s.ordinality) product`,
    keys: ['handle'],
    columns: [...stated, ...fields.map(({ column }) => column)],
    dependent: ['published_at'],
    returning: ['id', 'handle'],
  }),
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
  return { productIds: new Map(merged.map(({ handle, id }) => [handle, id])), report: countRows(merged) };
}
