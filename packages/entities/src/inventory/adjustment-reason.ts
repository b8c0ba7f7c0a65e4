/** Why stock is corrected. */
export const adjustmentReasons = [
  'count',
  'damage',
  'loss',
  'found',
  'expiry',
  'internal-use',
  'correction',
] as const;

/** Why stock is corrected. */
export type AdjustmentReason = (typeof adjustmentReasons)[number];
