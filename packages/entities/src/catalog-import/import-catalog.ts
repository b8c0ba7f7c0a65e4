import { UserError } from '@ecommerce-dms/errors';
import type { ClientBase } from 'pg';
import { setActor } from '../runtime/acting-as.ts';
import { recordAudit } from '../runtime/audit.ts';
import { connect } from '../runtime/connect.ts';
import { int2, text } from '../runtime/sql-type.ts';
import { onlyRow, statement } from '../runtime/statement.ts';
import { catalogFaultsError } from './catalog-fault.ts';
import type { Catalog } from './catalog.ts';
import { type CategoryReport, importCategories } from './import-categories.ts';
import { explainImportFailure } from './import-failure.ts';
import { importMedia } from './import-media.ts';
import { importPrices, type PriceReport } from './import-prices.ts';
import { importProducts } from './import-products.ts';
import { importStock, type StockReport } from './import-stock.ts';
import { importVariants, listMissing, type MissingVariant } from './import-variants.ts';
import type { RowReport } from './merge-rows.ts';

/** The options of {@link importCatalog}. */
export interface ImportCatalogOptions {
  /** Code of the stock location of the quantities: lower-case words and hyphens. Default `main`. */
  location?: string;
  /** When new prices begin and new products are published. Default: now, by the clock of the server. */
  at?: Date;
  /** Who imports it, for the audit log and the stock ledger. Default: the database user. */
  actor?: string;
  /** Import the products without a fault although others have one. Default false. */
  skipInvalid?: boolean;
}

/** What an import did. */
export interface ImportReport {
  products: RowReport;
  variants: RowReport;
  media: RowReport;
  prices: PriceReport;
  stock: StockReport;
  categories: CategoryReport;
  /** Variants of the shop that the file does not have. They stay as they are. */
  missing: MissingVariant[];
  /** Handles of the products that were not imported because of a fault, which the catalog lists. */
  leftOut: readonly string[];
}

/**
 * Imports a catalog into the shop, in one transaction: all of it or nothing. The audit log has each import that changed
 * prices or stock, with how many.
 *
 * The same catalog a second time changes no row. Nothing is ever deleted. Concurrent imports wait for each other. The
 * number of statements does not grow with the catalog. The role `shop_app` has all the rights it needs.
 *
 * @param target a connection without an open transaction, or the URL of the database of the shop
 * @param catalog the result of `readCatalog`
 * @throws UserError with exit code 2: `invalid-catalog`: the catalog has faults and `skipInvalid` is not set, or no
 *   product is without a fault; `catalog-conflict`: a variant would take the SKU or the options of a variant that the
 *   file does not have; `currency-mismatch`, `invalid-settings`, `invalid-database-url`
 * @throws UserError with exit code 1: `database-unreachable`, `connection-lost`, `catalog-tables-not-found`,
 *   `permission-denied`, `catalog-busy`
 * @example
 * ```ts
 * const catalog = await readCatalog('products.csv', { currency: 'USD' });
 * const { products } = await importCatalog('postgres://shop_app:app-secret@127.0.0.1:5432/shop', catalog);
 * console.log(products); // { created: 61, updated: 0, unchanged: 0 }
 * ```
 */
export async function importCatalog(
  target: ClientBase | string,
  catalog: Catalog,
  options: ImportCatalogOptions = {},
): Promise<ImportReport> {
  if (catalog.faults.length > 0 && options.skipInvalid !== true) {
    throw catalogFaultsError(catalog.file, catalog.faults);
  }
  if (catalog.products.length === 0) {
    throw new UserError('invalid-catalog', `${catalog.file} has no product without a fault.`);
  }
  if (typeof target !== 'string') return await inTransaction(target, catalog, options);
  const client = await connect(target, 'catalog-import');
  try {
    return await inTransaction(client, catalog, options);
  } finally {
    await client.end();
  }
}

async function inTransaction(
  client: ClientBase,
  catalog: Catalog,
  options: ImportCatalogOptions,
): Promise<ImportReport> {
  try {
    await client.query('begin isolation level read committed');
    const report = await run(client, catalog, options);
    await client.query('commit');
    return report;
  } catch (error) {
    // On a broken connection the server rolls back by itself.
    await client.query('rollback').catch(() => undefined);
    throw explainImportFailure(error);
  }
}

const waitForOtherImports = statement({
  sql: `select from pg_advisory_xact_lock(hashtextextended('ecommerce-dms catalog import', 0))`,
});

async function run(
  client: ClientBase,
  catalog: Catalog,
  options: ImportCatalogOptions,
): Promise<ImportReport> {
  await waitForOtherImports(client, {});
  if (options.actor !== undefined) await setActor(client, { actor: options.actor });
  await checkCurrency(client, catalog);
  const at = options.at?.toISOString() ?? (await serverTime(client));
  const { products, currency, leftOut } = catalog;
  const { productIds, report: productRows } = await importProducts(client, products, at);
  const categories = await importCategories(client, products, productIds);
  const { variants, report: variantRows } = await importVariants(client, products, productIds);
  const media = await importMedia(client, variants);
  const prices = await importPrices(client, variants, { currency, at });
  // Last, because checkouts wait for the stock levels that it locks.
  const stock = await importStock(client, variants, options.location ?? 'main');
  const { opened, closed } = prices;
  const { received, adjusted } = stock;
  if (opened + received + adjusted > 0) {
    const detail = { currency, at, prices: { opened, closed }, stock: { received, adjusted } };
    await recordAudit(client, { action: 'catalog.import', entity: 'catalog', detail });
  }
  const missing = await listMissing(client, variants, leftOut);
  return { products: productRows, variants: variantRows, media, prices, stock, categories, missing, leftOut };
}

const findCurrency = statement({
  params: { currency: text },
  row: { exponent: int2 },
  sql: 'select exponent from currency where code = :currency',
});

async function checkCurrency(client: ClientBase, { currency, currencyExponent }: Catalog): Promise<void> {
  const [found] = await findCurrency(client, { currency });
  if (found?.exponent === currencyExponent) return;
  const shop = found === undefined ? 'does not have it' : `counts it with ${found.exponent}`;
  throw new UserError(
    'currency-mismatch',
    `The catalog was read in ${currency} with ${currencyExponent} decimals; the shop ${shop}.`,
    { hint: "Correct the shop's table currency, or read the catalog in another currency." },
  );
}

const readClock = statement({ row: { at: text }, sql: 'select clock_timestamp()::text as at' });

/** Read under the lock: now() of the transaction may precede the end of the import that it waited for. */
async function serverTime(client: ClientBase): Promise<string> {
  return onlyRow(await readClock(client, {})).at;
}
