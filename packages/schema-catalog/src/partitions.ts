import type { AttributeValue, Catalog, Fact } from './catalog.ts';
import { globPattern } from './glob.ts';

/** Partitions that something makes and drops while the schema stays the same, such as a job of a month. */
export interface PartitionExemption {
  /** The partitioned table, such as `public.audit_log`. */
  parent: string;
  /** A pattern of the partition's name with its schema, in which `*` means any text: `public.audit_log_*`. */
  name: string;
}

/** Whether a fact is an exempt partition, or on one. */
export function isExempt(fact: Fact, side: Catalog, partitions: readonly PartitionExemption[]): boolean {
  if (partitions.length === 0) return false;
  const { 'partition bound': bound, inherits } = fact.attributes;
  if (fact.kind === 'table' && bound !== undefined && Array.isArray(inherits)) {
    if (
      partitions.some(
        ({ parent, name }) => inherits.includes(parent) && globPattern(name).test(fact.identity),
      )
    )
      return true;
  }
  return fact.parents.some((key) => {
    const parent = side.facts.get(key);
    return (
      parent !== undefined &&
      (parent.kind !== fact.kind || fact.kind === 'table') &&
      isExempt(parent, side, partitions)
    );
  });
}

/** In what a partition has to be as its parent, whoever has made it. */
const inherited: Readonly<Record<string, readonly string[]>> = {
  table: ['owner', 'persistence'],
  column: ['type', 'not null', 'not null not valid', 'generated'],
  trigger: ['enabled'],
  constraint: ['not valid', 'not enforced', 'triggers not at origin'],
  index: ['invalid', 'not maintained'],
};

/** An attribute of a part of an exempt partition that is not as that of the parent. */
export interface Deviation {
  fact: Fact;
  attribute: string;
  /** What the same part of the parent says. */
  expected: AttributeValue | undefined;
}

/** That a partition exists is exempt; that its trigger is disabled is not. */
export function deviationsOf(fact: Fact, side: Catalog): Deviation[] {
  const parent = fact.parents
    .map((key) => side.facts.get(key))
    .find((each) => each !== undefined && each.kind === fact.kind);
  if (!parent) return [];
  return (inherited[fact.kind] ?? [])
    .filter(
      (attribute) =>
        JSON.stringify(fact.attributes[attribute]) !== JSON.stringify(parent.attributes[attribute]),
    )
    .map((attribute) => ({ fact, attribute, expected: parent.attributes[attribute] }));
}
