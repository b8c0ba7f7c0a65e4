import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import {
  type Catalog,
  importCatalog,
  type ImportCatalogOptions,
  type ImportReport,
} from '../src/catalog-import/index.ts';
import { shopTemplate, urlAs } from './shop-database.ts';

/** An empty shop for one test. */
export interface CatalogDatabase {
  /** As the superuser. */
  client: Client;
  /** As shop_app. */
  appUrl: string;
  /** Imports as shop_app. */
  import(catalog: Catalog, options?: ImportCatalogOptions): Promise<ImportReport>;
  /** A new connection as shop_app. */
  connect(): Promise<Client>;
  /** The rows of the query. */
  rows<Row extends object>(sql: string): Promise<Row[]>;
}

export async function catalogDatabase(): Promise<CatalogDatabase> {
  const database = await createTestDatabase({ template: shopTemplate });
  const clients: Client[] = [];
  onTestFinished(async () => {
    for (const client of clients) await client.end().catch(() => undefined);
    await database.drop();
  });
  const connectTo = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const appUrl = urlAs(database.url, 'shop_app');
  const client = await connectTo(database.url);
  return {
    client,
    appUrl,
    import: (catalog, options) => importCatalog(appUrl, catalog, options),
    connect: () => connectTo(appUrl),
    rows: async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows,
  };
}

/** Tables that an import writes. */
export const catalogTables = [
  'category',
  'product',
  'product_category',
  'product_variant',
  'product_media',
  'price',
  'stock_location',
  'stock_level',
  'stock_movement',
];

/** The version of every row that an import may write, so that a write that changes nothing shows as well. */
export async function rowVersions({ rows }: CatalogDatabase): Promise<object[]> {
  return await rows(
    catalogTables.map((table) => `select '${table}' as name, xmin, ctid from ${table}`).join(' union all ') +
      ' order by 1, 3',
  );
}

/** Rows of the shop that break a rule of the ledger, of prices or of categories; none in a valid shop. */
export async function broken({ rows }: CatalogDatabase): Promise<object[]> {
  return await rows(`
    select 'on_hand' as rule, l.variant_id as id from stock_level l
    where on_hand <> (select coalesce(sum(quantity), 0) from stock_movement m where m.variant_id = l.variant_id and m.location_id = l.location_id)
    union all
    select 'one current price', v.id from product_variant v
    where (select count(*) from price p where p.variant_id = v.id and p.valid @> now()) <> 1
    union all
    select 'no gap', a.id from price a where upper(a.valid) is not null
      and not exists (select from price b where b.variant_id = a.variant_id and b.currency_code = a.currency_code and lower(b.valid) = upper(a.valid))
    union all
    select 'path', c.id from category c left join category p on p.id = c.parent_id
    where c.path <> coalesce(p.path || replace(c.slug, '-', '_'), replace(c.slug, '-', '_')::ltree)`);
}
