import type { FindingsCheck } from '../check.ts';
import { disabledTriggers, notValidConstraints } from './constraints.ts';
import { unindexedForeignKeys } from './foreign-keys.ts';
import { outdatedExtensions, transactionAge } from './housekeeping.ts';
import { duplicateIndexes, invalidIndexes } from './indexes.ts';
import { publicGrants } from './public-grants.ts';
import { sequencesBehind, sequencesNearEnd } from './sequences.ts';
import { tablesWithoutPrimaryKey } from './tables-without-primary-key.ts';

/** What the catalog checks look at, and their limits. */
export interface CatalogOptions {
  /** Schemas to check. Default: all but the system's. */
  schemas?: readonly string[];
  /** Share of a sequence's or its column's range that may be used, 0 to 1. Default 0.8. */
  maxSequenceShare?: number;
  /** Age in transactions from which wraparound is reported. Default 1,000,000,000. */
  maxTransactionAge?: number;
}

/**
 * Returns checks for any PostgreSQL database, 15 to 18: invalid and duplicate indexes, constraints that are not validated
 * or whose triggers are disabled, foreign keys without an index, tables without a primary key, sequences near their end
 * or behind their column, transaction ID wraparound, grants to PUBLIC, outdated extensions.
 *
 * @example
 * ```ts
 * import { catalogChecks, validate } from '@ecommerce-dms/validator';
 *
 * const checks = catalogChecks({ schemas: ['public'], maxSequenceShare: 0.5 });
 * const report = await validate({ url: 'postgres://readonly@127.0.0.1:5432/shop', checks });
 * console.log(report.checks.length, 'checks');
 * ```
 */
export function catalogChecks(options: CatalogOptions = {}): FindingsCheck[] {
  const { maxSequenceShare = 0.8, maxTransactionAge = 1_000_000_000 } = options;
  const schemas = options.schemas ?? null;
  return [
    invalidIndexes(schemas),
    notValidConstraints(schemas),
    disabledTriggers(schemas),
    unindexedForeignKeys(schemas),
    duplicateIndexes(schemas),
    tablesWithoutPrimaryKey(schemas),
    sequencesBehind(schemas),
    sequencesNearEnd(schemas, maxSequenceShare),
    transactionAge(maxTransactionAge),
    publicGrants(schemas),
    outdatedExtensions(),
  ];
}
