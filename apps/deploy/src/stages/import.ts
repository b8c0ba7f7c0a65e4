import { resolve } from 'node:path';
import type { Catalog, ImportReport } from '@ecommerce-dms/entities/catalog-import';
import { Argument, Option } from 'commander';
import { input, stage } from '../declare-stage.ts';
import type { RunContext } from '../stage.ts';
import { table } from '../ui/table.ts';

interface ImportOptions {
  /** Of its own command. */
  file?: string;
  /** Of a pipeline. */
  catalog?: string;
  skipInvalid?: boolean;
}

const format = "products in Shopify's CSV export format";

/** Brings the shop's catalog to what a product CSV says. */
export const importCatalog = stage({
  name: 'import',
  help: 'bring the catalog to what a CSV file says',
  details: 'The same file again changes nothing.',
  title: 'Importing the catalog',
  argument: new Argument('<file>', format),
  flags: [new Option('--skip-invalid', 'leave out products whose rows cannot be read, and list them')],
  pipelineFlags: [new Option('--catalog <file>', `${format} (default: the setting, the sample catalog)`)],
  writes: true,
  // A catalog that cannot be read is no reason for a running server.
  needs: { catalog: input(readProducts) },
  run: async (context, { catalog }, { skipInvalid }: ImportOptions) => {
    const { formatCatalogFault, importCatalog } = await import('@ecommerce-dms/entities/catalog-import');
    const { openDatabase } = await import('../database/open-database.ts');
    const { withClient } = await import('../database/with-client.ts');
    const { app } = await openDatabase(context, 'write');
    const report = await withClient(
      app,
      (client) => importCatalog(client, catalog, { skipInvalid }),
      context.signal,
    );
    return {
      summary: summarize(report),
      result: { file: catalog.file, faults: catalog.faults.map(formatCatalogFault), ...report },
    };
  },
  render: ({ result }) => {
    const { products, variants, prices, missing, faults, leftOut } = result;
    const rows = [
      ['', 'created', 'updated', 'unchanged'],
      ['products', String(products.created), String(products.updated), String(products.unchanged)],
      ['variants', String(variants.created), String(variants.updated), String(variants.unchanged)],
      ['prices', String(prices.opened), String(prices.closed), String(prices.unchanged)],
    ];
    const blocks = [table(rows, { right: [1, 2, 3] })];
    if (leftOut.length > 0) {
      blocks.push(`Left out, ${leftOut.length} products: ${leftOut.join(', ')}`, faults.join('\n'));
    }
    if (missing.length > 0)
      blocks.push(`${missing.length} variants of the shop are not in the file; they are kept.`);
    return blocks.join('\n\n');
  },
  remark: ({ result: { faults } }) =>
    faults.length === 0 ? undefined : `Left out of the catalog:\n${faults.join('\n')}`,
});

/** The file that was named, else that of the settings, else the sample catalog; its faults, all of them, unless they are to be skipped. */
async function readProducts({ environment }: RunContext, options: ImportOptions): Promise<Catalog> {
  const { catalogFaultsError, readCatalog, sampleCatalogPath } =
    await import('@ecommerce-dms/entities/catalog-import');
  const { settings, root } = environment;
  const configured = settings.catalog === undefined ? sampleCatalogPath : resolve(root, settings.catalog);
  const { currency } = settings;
  const catalog = await readCatalog(options.file ?? options.catalog ?? configured, { currency });
  if (catalog.faults.length > 0 && options.skipInvalid !== true)
    throw catalogFaultsError(catalog.file, catalog.faults);
  return catalog;
}

function summarize({ products, variants, prices, leftOut }: ImportReport): string {
  const changes = [
    [products.created, 'products added'],
    [products.updated, 'products changed'],
    [variants.created, 'variants added'],
    [variants.updated, 'variants changed'],
    [prices.closed, 'prices changed'],
    [leftOut.length, 'products left out'],
  ] as const;
  const changed = changes.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return changed.length === 0 ? `${products.unchanged} products, none changed` : changed.join(', ');
}
