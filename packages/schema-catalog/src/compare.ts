import { order } from './assemble.ts';
import { type AttributeValue, type Catalog, type Fact, factKey } from './catalog.ts';
import { deviationsOf, isExempt, type PartitionExemption } from './partitions.ts';

/** In what two catalogs differ, from the first to the second. */
export interface Difference {
  verb: 'add' | 'remove' | 'change';
  kind: string;
  identity: string;
  /** What changed; only of a change. */
  attribute?: string;
  /** The value on either side; undefined for none. */
  from?: AttributeValue;
  to?: AttributeValue;
  /** How many objects were added, removed or changed in the same way with it, and are not in the list themselves. */
  folded: number;
}

/** What `compareCatalogs` leaves out. */
export interface CompareOptions {
  /** Which facts are compared. Default: all. */
  only?: (fact: Fact) => boolean;
  /**
   * Whether an order of the columns is a difference: it is where rows are inserted or copied without names of columns.
   * Default: true. Columns that only one side has do not count.
   */
  columnOrder?: boolean;
  /**
   * Partitions that may exist on one side only. One that only the second side has must be as its parent in what is
   * inherited: a disabled trigger of it is a difference. Default: none.
   */
  partitions?: readonly PartitionExemption[];
}

/**
 * Compares two catalogs.
 *
 * What is dropped or created with another object, such as the columns of a table, counts as that; a change of a
 * partition that is also the change of its parent counts as that of the parent.
 *
 * @returns in the order of kinds and identities; empty when they are the same
 * @example
 * ```ts
 * import { compareCatalogs, describeDifference, readCatalog } from '@ecommerce-dms/schema-catalog';
 *
 * const before = await readCatalog('postgres://app:secret@127.0.0.1:5432/shop');
 * const after = await readCatalog('postgres://app:secret@127.0.0.1:5432/shop');
 * console.log(compareCatalogs(before, after, { columnOrder: false }).map(describeDifference)); // []
 * ```
 */
export function compareCatalogs(from: Catalog, to: Catalog, options: CompareOptions = {}): Difference[] {
  const { only = () => true, columnOrder = true, partitions = [] } = options;
  const exempt = (fact: Fact, side: Catalog): boolean => isExempt(fact, side, partitions);
  const select = (side: Catalog, other: Catalog): Map<string, Fact> =>
    new Map(
      [...side.facts].filter(([key, fact]) => only(fact) && (other.facts.has(key) || !exempt(fact, side))),
    );
  const before = select(from, to);
  const after = select(to, from);
  const changes = [...before].flatMap(([key, fact]) => {
    const other = after.get(key);
    return other ? changesOf(fact, other, columnOrder) : [];
  });
  const deviations = [...to.facts].flatMap(([key, fact]) =>
    only(fact) && !from.facts.has(key) && exempt(fact, to) ? deviationsOf(fact, to) : [],
  );
  return [
    ...deviations.map(({ fact: { kind, identity, attributes }, attribute, expected }) => ({
      verb: 'change' as const,
      kind,
      identity,
      attribute,
      from: expected,
      to: attributes[attribute],
      folded: 0,
    })),
    ...oneSided('remove', before, after),
    ...oneSided('add', after, before),
    ...foldChanges(changes, before),
  ].sort((one, other) => order(sortKey(one), sortKey(other)));
}

function sortKey({ kind, identity, attribute = '' }: Difference): string {
  return [kind, identity, attribute].join('\0');
}

/** Facts that one side has, without those that came or went with another of them. */
function oneSided(
  verb: 'add' | 'remove',
  facts: ReadonlyMap<string, Fact>,
  others: ReadonlyMap<string, Fact>,
): Difference[] {
  const folded = new Map<string, number>();
  const heads: Fact[] = [];
  for (const [key, fact] of facts) {
    if (others.has(key)) continue;
    const head = headOf(key, facts, others);
    if (head === key) heads.push(fact);
    else folded.set(head, (folded.get(head) ?? 0) + 1);
  }
  return heads.map((fact) => ({
    verb,
    kind: fact.kind,
    identity: fact.identity,
    folded: folded.get(factKey(fact)) ?? 0,
  }));
}

function headOf(key: string, facts: ReadonlyMap<string, Fact>, others: ReadonlyMap<string, Fact>): string {
  const seen = new Set([key]);
  for (let head = key; ;) {
    const parent = facts
      .get(head)
      ?.parents.find((parent) => facts.has(parent) && !others.has(parent) && !seen.has(parent));
    if (parent === undefined) return head;
    seen.add(parent);
    head = parent;
  }
}

function changesOf(one: Fact, other: Fact, columnOrder: boolean): Difference[] {
  const names = new Set([...Object.keys(one.attributes), ...Object.keys(other.attributes)]);
  return [...names].flatMap((attribute) => {
    let [from, to] = [one.attributes[attribute], other.attributes[attribute]];
    if (attribute === 'column order') {
      if (!columnOrder) return [];
      [from, to] = [common(from, to), common(to, from)];
    }
    if (isSame(from, to)) return [];
    const { kind, identity } = one;
    return [{ verb: 'change', kind, identity, attribute, from, to, folded: 0 } satisfies Difference];
  });
}

function common(
  list: AttributeValue | undefined,
  other: AttributeValue | undefined,
): AttributeValue | undefined {
  if (!Array.isArray(list) || !Array.isArray(other)) return undefined;
  return list.filter((each) => other.includes(each));
}

function isSame(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** PostgreSQL makes a change of a partitioned or inherited table on its children, too. */
function foldChanges(changes: readonly Difference[], facts: ReadonlyMap<string, Fact>): Difference[] {
  const byKey = new Map<string, Difference>();
  const keyOf = (key: string, attribute: string | undefined): string => `${key}\0${attribute}`;
  for (const change of changes) byKey.set(keyOf(factKey(change), change.attribute), change);
  return changes.filter((change) => {
    const fact = facts.get(factKey(change));
    const same = fact?.parents
      .map((parent) => byKey.get(keyOf(parent, change.attribute)))
      .find(
        (parent) =>
          parent &&
          parent.kind === change.kind &&
          isSame(parent.from, change.from) &&
          isSame(parent.to, change.to),
      );
    if (same) same.folded += 1;
    return !same;
  });
}
