import type { MigrationPlan } from '../plan-migration.ts';
import type { MigrationProof, ProofVerdict } from './proof.ts';

/** Whether a proof holds, and why not. */
export function verdictOf(
  plans: readonly MigrationPlan[],
  proof: Pick<MigrationProof, 'tables' | 'statements' | 'crash'>,
): { verdict: ProofVerdict; reasons: string[] } {
  const { statements, crash, tables } = proof;
  const failed = [
    ...(crash?.failures ?? []).map(({ kind, sql, problem }) => `killed (${kind}) at "${sql}": ${problem}`),
    ...statements.flatMap(({ statement, unpredicted }) =>
      unpredicted.map(
        ({ table, mode }) =>
          `statement ${statement + 1} locks ${table} in ${mode}, which the migrator does not expect`,
      ),
    ),
  ];
  const undecided = [
    ...plans.flatMap(({ name, fingerprint }) =>
      fingerprint === null
        ? [
            `${name} runs queries itself: what else its code does was not undone by a kill, and is not compared`,
          ]
        : [],
    ),
    ...(crash?.undecided ?? []).map(({ kind, sql, problem }) => `killed (${kind}) at "${sql}": ${problem}`),
    ...(crash?.unjudged ?? []).map(
      (difference) =>
        `two undisturbed runs differ, so that what a kill leaves there cannot be judged: ${difference}`,
    ),
    ...missing(plans, statements),
    ...touchedEmpty(tables, statements),
  ];
  const verdict = failed.length > 0 ? 'failed' : undecided.length > 0 ? 'undecided' : 'proven';
  return { verdict, reasons: [...failed, ...undecided] };
}

/** A statement without a measurement was not seen in the run. */
function missing(plans: readonly MigrationPlan[], statements: MigrationProof['statements']): string[] {
  const seen = new Set(statements.map(({ migration, statement }) => `${migration} ${statement}`));
  return plans.flatMap(({ name, statements: planned }) =>
    planned.flatMap((_, index) =>
      seen.has(`${name} ${index}`) ? [] : [`statement ${index + 1} of ${name} was not seen in the run`],
    ),
  );
}

function touchedEmpty(tables: MigrationProof['tables'], statements: MigrationProof['statements']): string[] {
  const touched = new Set(statements.flatMap(({ locks }) => locks.map(({ table }) => table)));
  return tables.flatMap(({ table, rows, problem }) =>
    rows === 0 && touched.has(table)
      ? [`${table} got no rows: ${problem ?? 'unknown'}. Give it some: \`--rows-sql FILE\``]
      : [],
  );
}
