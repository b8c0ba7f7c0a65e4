import { expect, test, vi } from 'vitest';
import {
  broken,
  type CatalogDatabase,
  catalogDatabase,
  catalogTables,
  rowVersions,
} from '../../test/catalog-database.ts';
import { csv, readText, simpleRow } from '../../test/catalog-csv.ts';
import { importCatalog } from './index.ts';

const rows = Array.from({ length: 200 }, (_, number) => ({
  ...simpleRow,
  Handle: `p${number}`,
  Title: `P ${number}`,
  Type: `T ${number % 7}`,
  'Variant SKU': `SKU-${number}`,
  'Variant Inventory Qty': '5',
  'Image Src': `https://example.com/${number}.jpg`,
}));

test('concurrent imports wait for each other, and the second finds nothing to do', async () => {
  const shop = await catalogDatabase();
  const catalog = await readText(csv(rows));
  const reports = await Promise.all(Array.from({ length: 4 }, () => shop.import(catalog)));
  expect(reports.map(({ products }) => products.created).sort((a, b) => b - a)).toEqual([200, 0, 0, 0]);
  expect(reports.map(({ stock }) => stock.received).sort((a, b) => b - a)).toEqual([200, 0, 0, 0]);
  expect(await broken(shop)).toEqual([]);
});

test('concurrent imports of different catalogs end as if one followed the other', async () => {
  const shop = await catalogDatabase();
  const prices = ['1', '2', '3', '4', '5'];
  const catalogs = await Promise.all(
    prices.map((price, quantity) =>
      readText(
        csv(
          rows.map((row) => ({ ...row, 'Variant Price': price, 'Variant Inventory Qty': String(quantity) })),
        ),
      ),
    ),
  );
  await Promise.all(catalogs.map((catalog) => shop.import(catalog)));
  const end = await shop.rows<{ price: string; stock: number }>(
    `select distinct amount_minor / 100 - 1 as price, on_hand as stock from price join stock_level using (variant_id) where upper(valid) is null`,
  );
  expect(end).toHaveLength(1);
  expect(Number(end[0]?.price)).toBe(end[0]?.stock);
  expect(await broken(shop)).toEqual([]);
});

test.each(catalogTables.filter((table) => table !== 'stock_location'))(
  'an import whose server process dies at %s leaves nothing',
  async (table) => {
    const shop = await catalogDatabase();
    await dieAt(shop, table);
    const catalog = await readText(csv(rows));
    await expect(shop.import(catalog)).rejects.toMatchObject({ code: 'connection-lost' });
    expect(await rowVersions(shop)).toEqual([]);
    await shop.client.query(`drop trigger die on ${table}`);
    expect(await shop.import(catalog)).toMatchObject({
      products: { created: 200 },
      stock: { received: 200 },
    });
    expect(await broken(shop)).toEqual([]);
  },
);

test('the number of statements does not grow with the catalog', async () => {
  const shop = await catalogDatabase();
  const client = await shop.connect();
  const query = vi.spyOn(client, 'query');
  const counts: number[] = [];
  for (const size of [1, 10, 200]) {
    query.mockClear();
    await importCatalog(client, await readText(csv(rows.slice(0, size))));
    counts.push(query.mock.calls.length);
  }
  expect(new Set(counts).size).toBe(1);
});

test('a connection of the caller is usable after a failure', async () => {
  const shop = await catalogDatabase();
  const client = await shop.connect();
  const catalog = await readText(csv(rows));
  await expect(importCatalog(client, catalog, { location: 'No!' })).rejects.toMatchObject({
    code: 'invalid-settings',
  });
  expect(await rowVersions(shop)).toEqual([]);
  expect(await importCatalog(client, catalog)).toMatchObject({ products: { created: 200 } });
});

test('no server, a database without a shop, and a role without rights are UserErrors', async () => {
  const shop = await catalogDatabase();
  const catalog = await readText(csv([simpleRow]));
  await expect(importCatalog('postgres://app:secret@127.0.0.1:1/shop', catalog)).rejects.toMatchObject({
    code: 'database-unreachable',
    message: expect.not.stringContaining('secret'),
  });
  await expect(importCatalog('postgres://app:sec/ret@127.0.0.1/shop', catalog)).rejects.toMatchObject({
    code: 'invalid-database-url',
    message: expect.not.stringMatching(/sec|ret@/),
  });
  await expect(
    importCatalog(shop.appUrl.replace('shop_app', 'shop_readonly'), catalog),
  ).rejects.toMatchObject({ code: 'permission-denied' });
  await shop.client.query('drop table price cascade');
  await expect(shop.import(catalog)).rejects.toMatchObject({ code: 'catalog-tables-not-found' });
  await shop.client.query(`update currency set exponent = 3 where code = 'USD'`);
  await expect(shop.import(catalog)).rejects.toMatchObject({ code: 'currency-mismatch', exitCode: 2 });
});

/** Makes the server process of whoever inserts into the table end at once, as `kill` does. */
async function dieAt({ client }: CatalogDatabase, table: string): Promise<void> {
  await client.query(`create function die() returns trigger language plpgsql security definer as $$
    begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(10); return null; end $$`);
  await client.query(`create trigger die after insert on ${table} for each statement execute function die()`);
}
