import type { PriceList } from '@ecommerce-dms/stack';

/** Something that a stack left in the account. */
export interface Remnant {
  /** `NAT gateway`, `manual snapshot`. */
  readonly kind: string;
  readonly id: string;
  readonly region: string;
  /** Its state, size or date, where that says something: `20 GiB, available`. */
  readonly detail?: string;
  /** Whether AWS charges for it. */
  readonly charged: boolean;
  /** USD a month; undefined for what is charged at a price that is not in the price list. */
  readonly monthlyUsd: number | undefined;
  /** AWS CLI command that removes it. */
  readonly removal?: string;
}

/** The stack whose remnants are looked for, in one region. */
export interface StackScope {
  /** Value of the tag `Stack`. */
  readonly stack: string;
  /** Prefix of the names of its resources. */
  readonly name: string;
  readonly region: string;
  /** What its remnants cost. */
  readonly prices: PriceList;
}

/** A remnant as its finder has it: it is charged for unless it says otherwise, and `removal` lacks `aws` and the region. */
export type Found = Omit<Remnant, 'charged' | 'region'> & { readonly charged?: boolean };

/** Costs nothing by being there. */
export const free = { charged: false, monthlyUsd: 0 } as const;

/** Lists what is left of one kind. */
export type Finder = (scope: StackScope) => Promise<Found[]>;

/** Whether a resource is the stack's: its tag decides, and its name where it has no such tag (any more). */
export function isOwned(
  { stack, name: prefix }: Pick<StackScope, 'stack' | 'name'>,
  name: string | undefined,
  tags: readonly { Key?: string; Value?: string }[] = [],
): boolean {
  const tagged = tags.find(({ Key }) => Key === 'Stack')?.Value;
  if (tagged !== undefined) return tagged === stack;
  return name !== undefined && (name === prefix || name.startsWith(`${prefix}-`));
}

/** Every page of one of the SDK's paginators, as one list. */
export async function allOf<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}
