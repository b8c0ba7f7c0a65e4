import type { Column, ColumnDifference, TableDifference } from '@mikro-orm/postgresql';
import type { Finding } from '../check.ts';
import type { Comparison } from './compare-schemas.ts';
import { driftFinding } from './drift-finding.ts';

const partsByKind = {
  column: ['addedColumns', 'changedColumns', 'removedColumns', 'renamedColumns'],
  index: ['addedIndexes', 'changedIndexes', 'removedIndexes', 'renamedIndexes'],
  check: ['addedChecks', 'changedChecks', 'removedChecks'],
  trigger: ['addedTriggers', 'changedTriggers', 'removedTriggers'],
  policy: ['addedPolicies', 'removedPolicies'],
  'foreign key': ['addedForeignKeys', 'changedForeignKeys', 'removedForeignKeys'],
} as const;

type Part = (typeof partsByKind)[keyof typeof partsByKind][number];
type Kind = Parameters<typeof driftFinding>[1];

const settingKinds: { setting: keyof TableDifference; kind: Kind; message: string }[] = [
  { setting: 'changedComment', kind: 'cosmetic', message: 'comment differs' },
  { setting: 'changedPartitioning', kind: 'wrong', message: 'partitioning differs' },
  { setting: 'changedRlsEnabled', kind: 'wrong', message: 'row-level security differs' },
  { setting: 'changedRlsForced', kind: 'wrong', message: 'forced row-level security differs' },
];

/** One finding for each column, index, constraint, ... of a table that exists on both sides. */
export function tableFindings(comparison: Comparison): Finding[] {
  return Object.values(comparison.difference.changedTables).flatMap((table) => {
    const finding = (kind: Kind, message: string, only: Partial<TableDifference>) =>
      driftFinding(comparison, kind, table.name, message, {
        changedTables: { [table.name]: { ...nothing(table), ...only } },
      });
    const parts = Object.entries(partsByKind).flatMap(([what, parts]) => {
      const names = new Set(parts.flatMap((part) => Object.keys(table[part])));
      return [...names].map((name) => {
        // What is both added and removed is one difference: it has to be made again.
        const present = parts.filter((part) => table[part][name] !== undefined);
        const only = Object.fromEntries(present.map((part) => [part, { [name]: table[part][name] }]));
        return finding(
          kindOf(table, name, present),
          `${what} ${name} ${describe(table, name, present)}`,
          only,
        );
      });
    });
    const settings = settingKinds
      .filter(({ setting }) => setting in table)
      .map(({ setting, kind, message }) => finding(kind, message, { [setting]: table[setting] }));
    return [...parts, ...settings];
  });
}

function nothing({ name, fromTable, toTable }: TableDifference): TableDifference {
  const parts = Object.fromEntries(
    Object.values(partsByKind).flatMap((parts) => parts.map((part) => [part, {}])),
  );
  return { ...(parts as Pick<TableDifference, Part>), name, fromTable, toTable };
}

function kindOf(table: TableDifference, name: string, present: readonly Part[]): Kind {
  if (present.every((part) => part.startsWith('removed'))) return 'unknown';
  const changed = present.includes('changedColumns') ? table.changedColumns[name] : undefined;
  return changed && [...changed.changedProperties].every((property) => property === 'comment')
    ? 'cosmetic'
    : 'wrong';
}

function describe(table: TableDifference, name: string, present: readonly Part[]): string {
  const changed = table.changedColumns[name];
  if (changed && present.includes('changedColumns')) return `differs: ${changes(changed)}`;
  if (present.some((part) => part.startsWith('renamed'))) {
    const renamed = table.renamedColumns[name]?.name ?? table.renamedIndexes[name]?.keyName;
    return `should have the name ${renamed}`;
  }
  const added = present.some((part) => part.startsWith('added'));
  const removed = present.some((part) => part.startsWith('removed'));
  if (added && !removed) return 'is missing';
  return removed && !added ? 'is unknown to the entities' : 'differs';
}

/** Which properties of a column differ: `type integer, should be bigint`. */
function changes({ fromColumn, column, changedProperties }: ColumnDifference): string {
  const show = (side: Column, property: string) => String(side[property as keyof Column] ?? 'none');
  return [...changedProperties]
    .map((property) => `${property} ${show(fromColumn, property)}, should be ${show(column, property)}`)
    .join('; ');
}
