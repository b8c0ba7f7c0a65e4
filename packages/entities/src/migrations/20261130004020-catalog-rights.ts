import { SqlMigration } from './sql-migration.ts';

/** By table: columns that are written once, or that the database writes. */
const kept = {
  category: ['id', 'path', 'created_at'],
  customer: ['id', 'created_at', 'updated_at'],
  customer_credential: ['id', 'customer_id', 'provider', 'subject', 'created_at', 'updated_at'],
  price: ['id', 'variant_id', 'price_list_code', 'currency_code', 'created_at'],
  price_list: ['code', 'name', 'created_at', 'tax_included'],
  product: ['id', 'created_at', 'updated_at', 'version', 'search'],
  product_category: ['product_id', 'category_id'],
  product_media: ['id', 'product_id', 'url', 'created_at'],
  product_variant: ['id', 'product_id', 'created_at', 'updated_at', 'version'],
  stock_level: ['variant_id', 'location_id'],
  stock_location: ['id', 'code', 'created_at'],
};

const revokeUpdate = (
  table: string,
  columns: readonly string[],
) => `-- dms-lint ignore undecided: it only takes and gives a right, on columns that the catalog names
do $$
begin
  revoke update on ${table} from shop_app;
  execute (select format('grant update (%s) on ${table} to shop_app', string_agg(quote_ident(attname), ', '))
    from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped
      and attname not in (${columns.map((column) => `'${column}'`).join(', ')}));
end $$`;

/** The application updates of the catalog, the stock and the customers what operations change. */
export class CatalogRights extends SqlMigration {
  protected override readonly upStatements = [
    ...Object.entries(kept).map(([table, columns]) => revokeUpdate(table, columns)),
    `revoke update on product_attribute from shop_app`,
  ];

  // Rights on columns, too, end with those on their table.
  protected override readonly downStatements = [...Object.keys(kept), 'product_attribute'].flatMap(
    (table) => [`revoke update on ${table} from shop_app`, `grant update on ${table} to shop_app`],
  );
}
