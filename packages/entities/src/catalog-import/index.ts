export { type CatalogFault, catalogFaultsError, formatCatalogFault } from './catalog-fault.ts';
export type { Catalog, CatalogImage, CatalogProduct, CatalogVariant, ProductStatus } from './catalog.ts';
export { importCatalog, type ImportCatalogOptions, type ImportReport } from './import-catalog.ts';
export { readCatalog, type ReadCatalogOptions } from './read-catalog.ts';
export { sampleCatalogPath } from './sample-catalog-path.ts';
