import { fileURLToPath } from 'node:url';

/** Path of the sample catalog in this package: a CSV in the format of Shopify, prices in USD. */
export const sampleCatalogPath: string = fileURLToPath(
  new URL('../../data/sample-catalog.csv', import.meta.url),
);
