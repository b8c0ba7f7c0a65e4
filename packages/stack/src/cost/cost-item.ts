import type { StackModel, StackResource } from '../model/stack-model.ts';
import type { Range } from './range.ts';
import type { UsageAssumptions } from './usage-assumptions.ts';

/** Part of an estimate: databases, the way out of the network, and everything else. */
export type CostGroup = 'RDS' | 'NAT' | 'misc';

const groups: Readonly<Record<string, CostGroup>> = {
  rds: 'RDS',
  aurora: 'RDS',
  nat: 'NAT',
  ipv4: 'NAT',
  endpoint: 'NAT',
};

/** Something that is paid for, before its price is looked up. */
export interface CostItem {
  /** `db.m7g.large, Multi-AZ`. */
  readonly component: string;
  /** Key of the price list. */
  readonly priceKey: string;
  /** How many at a time for a price per hour; how many a month for every other price. */
  readonly quantity: number | Range;
  /** Where it is paid for. Default: the region of the resource. */
  readonly region?: string;
}

/** What a resource costs, or why that is not known. */
export type CostItems = readonly CostItem[] | { readonly unpriced: string };

export type Pricer = (resource: StackResource, stack: StackModel, usage: UsageAssumptions) => CostItems;

/** The group that a price belongs to. */
export function groupOf(priceKey: string): CostGroup {
  return groups[priceKey.split('.')[0] ?? ''] ?? 'misc';
}
