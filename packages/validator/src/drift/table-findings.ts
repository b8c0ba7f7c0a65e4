import type { ColumnDifference, Column, TableDifference } from '@mikro-orm/postgresql';
import type { Finding } from '../check.ts';
import type { Comparison } from './compare-schemas.ts';
import { partOf } from './part-of.ts';

const PARTS = {
  column: ['addedColumns', 'changedColumns', 'removedColumns', 'renamedColumns'],
  index: ['addedIndexes', 'changedIndexes', 'removedIndexes', 'renamedIndexes'],
  check: ['addedChecks', 'changedChecks', 'removedChecks'],
  trigger: ['addedTriggers', 'changedTriggers', 'removedTriggers'],
  policy: ['addedPolicies', 'removedPolicies'],
  'foreign key': ['addedForeignKeys', 'changedForeignKeys', 'removedForeignKeys'],
} as const;

type Part = (typeof PARTS)[keyof typeof PARTS][number];

/** One finding for each column, index, constraint, ... of a table that exists on both sides. */
export function tableFindings(comparison: Comparison): Finding[] {
  return Object.values(comparison.difference.changedTables).flatMap((difference) => [
    ...partFindings(comparison, difference),
    ...settingFindings(comparison, difference),
  ]);
}

function partFindings(comparison: Comparison, difference: TableDifference): Finding[] {
  const findings: Finding[] = [];
  for (const [kind, parts] of Object.entries(PARTS)) {
    const names = new Set(parts.flatMap((part) => Object.keys(difference[part])));
    for (const name of names) {
      // What is both added and removed is one difference: it has to be made anew.
      const present = parts.filter((part) => difference[part][name] !== undefined);
      const only = Object.fromEntries(present.map((part) => [part, { [name]: difference[part][name] }]));
      findings.push({
        object: difference.name,
        severity: present.every((part) => part.startsWith('removed'))
          ? 'warning'
          : severityOf(difference, name, present),
        message: `${kind} ${name} ${describe(difference, name, present)}`,
        mend: comparison.toSql(
          partOf(comparison.difference, {
            changedTables: { [difference.name]: tablePart(difference, only) },
          }),
        ),
      });
    }
  }
  return findings;
}

function settingFindings(comparison: Comparison, difference: TableDifference): Finding[] {
  const settings: [keyof TableDifference, string, Finding['severity']][] = [
    ['changedComment', 'comment differs', 'warning'],
    ['changedPartitioning', 'partitioning differs', 'error'],
    ['changedRlsEnabled', 'row-level security is not as the entities say', 'error'],
    ['changedRlsForced', 'forced row-level security is not as the entities say', 'error'],
  ];
  return settings
    .filter(([setting]) => setting in difference && difference[setting] !== undefined)
    .map(([setting, message, severity]) => ({
      object: difference.name,
      severity,
      message,
      mend: comparison.toSql(
        partOf(comparison.difference, {
          changedTables: { [difference.name]: tablePart(difference, { [setting]: difference[setting] }) },
        }),
      ),
    }));
}

/** A table's difference that holds nothing but `only`. */
function tablePart(difference: TableDifference, only: Partial<TableDifference>): TableDifference {
  const empty = Object.fromEntries(
    Object.values(PARTS)
      .flat()
      .map((part) => [part, {}]),
  ) as Pick<TableDifference, Part>;
  const { name, fromTable, toTable } = difference;
  return { ...empty, name, fromTable, toTable, ...only };
}

function describe(difference: TableDifference, name: string, present: readonly Part[]): string {
  const changed = difference.changedColumns[name];
  if (changed && present.includes('changedColumns')) return `differs: ${changes(changed)}`;
  if (present.some((part) => part.startsWith('renamed'))) {
    const renamed = difference.renamedColumns[name]?.name ?? difference.renamedIndexes[name]?.keyName;
    return `should have the name ${renamed}`;
  }
  const added = present.some((part) => part.startsWith('added'));
  const removed = present.some((part) => part.startsWith('removed'));
  if (added && !removed) return 'is missing';
  return removed && !added ? 'is unknown to the entities' : 'differs';
}

function severityOf(
  difference: TableDifference,
  name: string,
  present: readonly Part[],
): Finding['severity'] {
  const changed = present.includes('changedColumns') ? difference.changedColumns[name] : undefined;
  return changed && [...changed.changedProperties].every((property) => property === 'comment')
    ? 'warning'
    : 'error';
}

/** Which properties of a column differ: `type integer, should be bigint`. */
function changes({ fromColumn, column, changedProperties }: ColumnDifference): string {
  const show = (side: Column, property: string) => String(side[property as keyof Column] ?? 'none');
  return [...changedProperties]
    .map((property) => `${property} ${show(fromColumn, property)}, should be ${show(column, property)}`)
    .join('; ');
}
