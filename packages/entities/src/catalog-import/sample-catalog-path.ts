import { fileURLToPath } from 'node:url';

/** Path of the sample catalog that comes with this package: a CSV in Shopify's format, prices in USD. */
export const sampleCatalogPath: string = fileURLToPath(
  new URL('../../data/sample-catalog.csv', import.meta.url),
);
