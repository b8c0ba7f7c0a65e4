import type { StackModel, StackResource } from '../model/stack-model.ts';
import type { Range, UsageAssumptions } from './usage-assumptions.ts';

/** The groups of the first design's table. */
export type CostGroup = 'RDS' | 'NAT' | 'misc';

/** Something that is paid for, before its price is looked up. */
export interface CostItem {
  readonly group: CostGroup;
  /** `db.m7g.large, Multi-AZ`. */
  readonly component: string;
  /** Key of the price list. */
  readonly priceKey: string;
  /** How many at a time for a price per hour; how many a month for every other price. */
  readonly quantity: number | Range;
  /** Where it is paid for. Default: the region of the resource. */
  readonly region?: string;
}

/** What a resource costs, or why that can't be told. */
export type CostItems = readonly CostItem[] | { readonly unpriced: string };

export type Pricer = (resource: StackResource, stack: StackModel, usage: UsageAssumptions) => CostItems;

export function times(range: Range, factor: number): Range {
  return { low: range.low * factor, high: range.high * factor };
}
