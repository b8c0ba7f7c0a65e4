import type { Difference, SuppressionFault } from '@ecommerce-dms/schema-catalog';

/**
 * Who deviates.
 *
 * - `live`: the database differs from what its applied migrations make; somebody has changed it by hand
 * - `entities`: they ask for what no migration makes
 * - `manifest`: the database differs from the manifest in what no migration makes, such as a role
 */
export type DriftSide = 'live' | 'entities' | 'manifest';

/** A difference from what should be to what is, and who deviates. */
export interface DriftFinding extends Difference {
  side: DriftSide;
  /** Who wants the same change: the migrations that are not applied yet, or the entities without a migration. */
  wantedBy?: 'pending' | 'entities';
}

/** What `drift()` found. */
export interface Drift {
  findings: DriftFinding[];
  /** What the pending migrations would change: no finding. */
  pending: Difference[];
  suppressed: { difference: DriftFinding; reason: string }[];
  /** Suppressions that are over, or that suppress nothing: each is a finding of its own. */
  suppressionFaults: SuppressionFault[];
  /** What could not be compared, and why; a finding, since nobody knows what is there. */
  undecided: string[];
}

/** Whether there is anything to act upon. */
export function hasDrift({ findings, suppressionFaults, undecided }: Drift): boolean {
  return findings.length + suppressionFaults.length + undecided.length > 0;
}
