import { openValue } from '../backfill/open-value.ts';
import { qualifiedName } from '../identifiers.ts';
import { quoted } from '../lint/sql-text.ts';
import { parseStatements } from '../parse-statements.ts';
import type { Definitions } from './definitions.ts';
import { inverseOf } from './inverse.ts';
import { type Fill, type Phase, type Step, stepwisePhases } from './phases.ts';

/** A backfill that is to be written. */
export interface PlannedBackfill {
  table: string;
  column: string;
  /** The text of the file. */
  text: string;
  /** Whether somebody has to say what the value is. */
  isOpen: boolean;
}

/** A migration that is to be written. */
export interface PlannedFile {
  phase: Phase;
  statements: readonly string[];
  /** What undoes them; undefined if nobody can. */
  down: readonly string[] | undefined;
  /** Statement by statement, each one recorded. */
  isStepwise: boolean;
  /** The backfills that must be finished before it. */
  backfills: readonly PlannedBackfill[];
}

const order: readonly Phase[] = ['rename', 'values', 'expand', 'views', 'indexes', 'validate', 'contract'];

/** The files that a change becomes, in their order. */
export async function planFiles(
  steps: readonly Step[],
  fills: readonly Fill[],
  hasDefault: (fill: Fill) => boolean,
  before: Definitions,
): Promise<PlannedFile[]> {
  const files: PlannedFile[] = [];
  for (const phase of order) {
    const statements = steps.filter((step) => step.phase === phase).map(({ sql }) => sql);
    if (statements.length === 0) continue;
    files.push({
      phase,
      statements,
      down: phase === 'contract' ? undefined : await inverseOf(statements, before),
      isStepwise: stepwisePhases.has(phase) || (await isConcurrent(statements)),
      backfills: phase === 'validate' ? fills.map((fill) => backfillOf(fill, hasDefault(fill))) : [],
    });
  }
  return files;
}

async function isConcurrent(statements: readonly string[]): Promise<boolean> {
  const nodes = (await Promise.all(statements.map(parseStatements))).flat();
  return nodes.some(({ node }) => 'DropStmt' in node && node.DropStmt.concurrent === true);
}

function backfillOf({ schema, table, column }: Fill, hasDefault: boolean): PlannedBackfill {
  const value = hasDefault ? 'default' : openValue;
  return {
    table,
    column,
    isOpen: !hasDefault,
    text: `-- table: ${schema}.${table}
-- batch: 1000
update ${qualifiedName([schema, table])} set ${quoted(column)} = ${value} where ${quoted(column)} is null;
`,
  };
}
