export { type AttributeValue, type Catalog, type Fact, factKey } from './catalog.ts';
export { compareCatalogs, type CompareOptions, type Difference } from './compare.ts';
export { describeDifference, describeObject } from './describe-difference.ts';
export type { PartitionExemption } from './partitions.ts';
export { readCatalog, readCatalogOf, type ReadOptions } from './read-catalog.ts';
export { readManifest, writeManifest } from './manifest.ts';
export {
  describeSuppression,
  type DifferenceSuppression,
  suppressDifferences,
  type Suppressed,
  type SuppressionFault,
} from './suppressions.ts';
