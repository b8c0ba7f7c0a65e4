import { isUserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { checkSumFile } from './files/checked-sums.ts';
import { sumFaults } from './files/sum-file.ts';
import { treeText } from './fingerprint.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { MigrationSource } from './migration-source.ts';
import type { MigratorContext } from './migrator-context.ts';
import { parseStatements } from './parse-statements.ts';
import { planMigration, recordedTexts } from './plan-migration.ts';
import { type StatementDifference, statementDiff } from './statement-diff.ts';
import { isRecorded } from './survey.ts';

/** What `validate()` says about a migration of the ledger. */
export interface MigrationValidation {
  name: string;
  /** The file; undefined for a class from `migrationsList`, and where the code has none. */
  path?: string;
  /** Whether the code still says what was run; `undecided` where that could not be found out. */
  verdict: 'same' | 'changed' | 'undecided';
  /** Why it is `undecided`, or how a file differs from `migrations.sum`. */
  reason?: string;
  /** Of a `changed` one: the statements that only the ledger has, or only the code. */
  differences?: StatementDifference[];
}

/**
 * Compares what the ledger of a schema says was run with the code, by name, and the files with the sum file; evaluates
 * the code.
 */
export async function validate(
  context: MigratorContext,
  schema: string | undefined,
): Promise<MigrationValidation[]> {
  const differences = (await checkSumFile(context)) ?? [];
  const files = sumFaults(differences).map(({ name, problem }): MigrationValidation => ({
    name,
    verdict: 'changed',
    reason: problem,
  }));
  return [...(await context.inSchema(schema, () => validateRows(context))), ...files];
}

async function validateRows(context: MigratorContext): Promise<MigrationValidation[]> {
  const { ledger, driver } = context;
  const { sources, rows, statuses } = await context.survey();
  const byName = new Map(sources.map((source) => [source.name, source]));
  const stateOf = new Map(statuses.map(({ name, state }) => [name, state]));
  const recorded = rows.filter(({ kind, name }) => kind !== 'repeatable' && stateOf.get(name) !== 'future');
  const results: MigrationValidation[] = [];
  for (const row of recorded.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const source = byName.get(row.name);
    if (source !== undefined) {
      results.push({ name: row.name, path: source.path, ...(await compare(source, row, ledger, driver)) });
    } else if (stateOf.get(row.name) !== 'replaced') {
      results.push({ name: row.name, ...undecided('it is not in the code') });
    }
  }
  return results;
}

type Verdict = Omit<MigrationValidation, 'name' | 'path'>;

async function compare(
  source: MigrationSource,
  row: LedgerRow,
  ledger: Ledger,
  driver: AbstractSqlDriver,
): Promise<Verdict> {
  if (row.kind === 'baseline')
    return undecided('it was recorded without being run, so its statements are unknown');
  if (row.fingerprint === null) return undecided('it ran queries itself, so its statements are unknown');
  let plan;
  try {
    plan = await planMigration(source, 'up', driver);
  } catch (error) {
    if (!isUserError(error)) throw error;
    return undecided(error.message);
  }
  if (plan.fingerprint === null)
    return undecided('its code runs queries itself now, so its statements are unknown');
  if (await isRecorded(plan.fingerprint, row, ledger)) return { verdict: 'same' };
  const [fault] = plan.faults;
  if (fault !== undefined) return undecided(fault);
  const applied = (await ledger.statementsOf([row.name])).get(row.name) ?? [];
  return {
    verdict: 'changed',
    differences: statementDiff(await comparable(applied), await comparable(recordedTexts(plan.statements))),
  };
}

function undecided(reason: string): Verdict {
  return { verdict: 'undecided', reason };
}

async function comparable(statements: readonly string[]): Promise<{ key: string; sql: string }[]> {
  const parsed = await Promise.all(statements.map((sql) => parseStatements(sql)));
  return parsed.flat().map(({ sql, node }) => ({ key: treeText(node), sql }));
}
