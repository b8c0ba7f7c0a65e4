import type { DifferenceSuppression, PartitionExemption } from '@ecommerce-dms/schema-catalog';
import type { ShadowOptions } from '../shadow/shadow-options.ts';

/** How `drift()` compares. */
export interface DriftOptions extends ShadowOptions {
  /** What others answer for. Default: nothing. */
  suppressions?: readonly DifferenceSuppression[];
  /** Partitions that a job makes and drops. Default: none. */
  partitions?: readonly PartitionExemption[];
  /** Whether columns in another order are a finding. Default: false. */
  columnOrder?: boolean;
  /**
   * A manifest, as `writeManifest()` makes one: with it, what no migration makes is compared, too (roles, memberships,
   * settings of roles and of the database, parameters, tablespaces). Default: none, and these are not compared.
   */
  manifest?: string;
}
