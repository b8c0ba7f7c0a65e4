import { resolve } from 'node:path';
import {
  type Catalog,
  formatCatalogFault,
  importCatalog,
  type ImportReport,
  readCatalog,
  sampleCatalogPath,
} from '@ecommerce-dms/entities/catalog-import';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { openDatabase } from '../database/open-database.ts';
import { withClient } from '../database/with-client.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface ImportResult extends ImportReport {
  file: string;
  /** The faults of the products that were left out, a line each. */
  faults: string[];
}

/**
 * Reads a product CSV.
 * @param file default: the setting `catalog`, else the sample catalog
 */
export function readProducts({ settings, root }: LoadedEnvironment, file?: string): Promise<Catalog> {
  const configured = settings.catalog === undefined ? sampleCatalogPath : resolve(root, settings.catalog);
  return readCatalog(file ?? configured, { currency: settings.currency });
}

/** Brings the shop's catalog to what the file says. */
export async function importProducts(
  context: StageContext,
  catalog: Catalog,
  options: { skipInvalid?: boolean },
): Promise<StageOutcome<ImportResult>> {
  const { signal } = context;
  const { app } = await openDatabase(context, 'write');
  const report = await withClient(
    app,
    (client) => importCatalog(client, catalog, { skipInvalid: options.skipInvalid }),
    signal,
  );
  const { products, variants, prices, leftOut } = report;
  const changes = [
    [products.created, 'products added'],
    [products.updated, 'products changed'],
    [variants.created, 'variants added'],
    [variants.updated, 'variants changed'],
    [prices.closed, 'prices changed'],
    [leftOut.length, 'products left out'],
  ] as const;
  const changed = changes.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return {
    summary: changed.length === 0 ? `${products.unchanged} products, none changed` : changed.join(', '),
    result: { file: catalog.file, faults: catalog.faults.map(formatCatalogFault), ...report },
  };
}
