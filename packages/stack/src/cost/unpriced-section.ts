import type { Unpriced } from './estimate-cost.ts';

/** Title of a total, which may lack something. */
export function totalTitle(isComplete: boolean): string {
  return isComplete ? 'total' : 'total, incomplete';
}

/** A paragraph with an empty line before it; no lines where nothing is unpriced. */
export function unpricedSection(title: string, unpriced: readonly Unpriced[]): string[] {
  if (unpriced.length === 0) return [];
  return ['', title, ...unpriced.map(({ resource, reason }) => `  ${resource}: ${reason}`)];
}
