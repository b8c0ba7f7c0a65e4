import type { Unpriced } from './estimate-cost.ts';

/** How a total is called that may lack something. */
export function totalTitle(isComplete: boolean): string {
  return isComplete ? 'total' : 'total, incomplete';
}

/** A paragraph for people, after an empty line; nothing where nothing is unpriced. */
export function unpricedSection(title: string, unpriced: readonly Unpriced[]): string[] {
  if (unpriced.length === 0) return [];
  return ['', title, ...unpriced.map(({ resource, reason }) => `  ${resource}: ${reason}`)];
}
