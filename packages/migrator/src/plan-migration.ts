import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { hasSqlDetails } from 'libpg-query';
import { classifyStatement, type StatementTraits } from './classify-statement.ts';
import { type Direction, type Emission, emit } from './collect-queries.ts';
import { enumValueUsedLater } from './enum-values.ts';
import { differingExcerpts, excerpt, withoutLiterals } from './excerpt.ts';
import { fingerprintOf, treeText } from './fingerprint.ts';
import type { FileSettings } from './files/sql-migration.ts';
import type { MigrationSource } from './migration-source.ts';
import { type ParsedStatement, parseStatements } from './parse-statements.ts';

/** One statement of a migration and how it must be run. */
export interface PlannedStatement extends ParsedStatement, Omit<StatementTraits, 'mayCommit'> {
  /** It runs outside a transaction, because it can commit by itself and the migration is not transactional. */
  commitsItself: boolean;
}

/** What is known about one direction of a migration before it runs. */
export interface MigrationPlan {
  name: string;
  direction: Direction;
  /** Of its statements; null when it runs queries itself, so that they show only when it is run. */
  fingerprint: string | null;
  statements: PlannedStatement[];
  /** The migrations whose place it takes. */
  replaces: readonly string[];
  /** The backfills that must be finished before it. */
  requiresBackfills: readonly string[];
  /** Why it can't run: syntax errors and statements that the migrator refuses. */
  faults: string[];
  /** Why it runs statement by statement, outside one transaction; undefined when it runs inside one. */
  nonTransactionalReason: string | undefined;
  /** The settings of the run that its file replaces. */
  settings: FileSettings;
  /** It is applied again when it changes. */
  isRepeatable?: boolean;
}

/**
 * Collects and parses the statements of a migration, and decides how they must be run.
 *
 * @throws UserError `invalid-migration`: its code fails.
 */
export async function planMigration(
  source: MigrationSource,
  direction: Direction,
  driver: AbstractSqlDriver,
): Promise<MigrationPlan> {
  const emission = await emit(source, direction, driver);
  const { parsed, faults } = await parseAll(emission.queries);
  const statements = parsed.map((statement) => {
    const { mayCommit = false, ...traits } = classifyStatement(statement.node);
    return { ...statement, ...traits, commitsItself: mayCommit && !emission.isTransactional };
  });
  for (const { sql, refusal } of statements) {
    if (refusal !== undefined) faults.push(`"${excerpt(sql)}": ${refusal}`);
  }
  if (emission.isOpaque && !emission.isTransactional) faults.push(opaqueFault);
  if (!emission.isOpaque && faults.length === 0) {
    const fault = await differenceFault(statements, await emit(source, direction, driver));
    if (fault !== undefined) faults.push(fault);
  }
  return {
    name: source.name,
    direction,
    fingerprint: emission.isOpaque ? null : await fingerprintOf(statements),
    statements,
    replaces: direction === 'up' ? await source.replaces() : [],
    requiresBackfills: await source.requiresBackfills(),
    faults,
    nonTransactionalReason: emission.isOpaque ? undefined : nonTransactionalReason(emission, statements),
    settings: emission.settings,
  };
}

/** The statements as the ledger keeps them: literals of those that can hold a password are masked. */
export function recordedTexts(statements: readonly PlannedStatement[]): string[] {
  return statements.map(({ sql, secret }) => (secret === true ? withoutLiterals(sql) : sql));
}

const opaqueFault =
  'runs queries itself, with execute() or the EntityManager, and isTransactional() is false: after an interruption nothing could say how far it got. Make it transactional, or emit every statement with addSql().';

/** What was emitted the second time must be the same: what was checked is what is run, and a resumed run continues it. */
async function differenceFault(
  first: readonly PlannedStatement[],
  { queries }: Emission,
): Promise<string | undefined> {
  const { parsed: second } = await parseAll(queries);
  const count = Math.max(first.length, second.length);
  for (let index = 0; index < count; index++) {
    const [one, two] = [first[index], second[index]];
    if (one !== undefined && two !== undefined && treeText(one.node) === treeText(two.node)) continue;
    const [before, after] = differingExcerpts(one?.sql ?? 'nothing', two?.sql ?? 'nothing', one?.secret);
    return `emits other statements each time, such as "${before}", then "${after}". Leave random values and clocks to PostgreSQL: gen_random_uuid(), now().`;
  }
  return undefined;
}

async function parseAll(
  queries: readonly string[],
): Promise<{ parsed: ParsedStatement[]; faults: string[] }> {
  const parsed: ParsedStatement[] = [];
  const faults: string[] = [];
  for (const query of queries) {
    try {
      parsed.push(...(await parseStatements(query)));
    } catch (error) {
      if (!hasSqlDetails(error)) throw error;
      const character = (error.sqlDetails?.cursorPosition ?? 0) + 1;
      faults.push(`${error.message} at character ${character} of "${excerpt(query, true)}"`);
    }
  }
  return { parsed, faults };
}

function nonTransactionalReason(
  { isTransactional }: Emission,
  statements: readonly PlannedStatement[],
): string | undefined {
  const first = statements.find(({ nonTransactional }) => nonTransactional !== undefined);
  if (first?.nonTransactional !== undefined) return first.nonTransactional.command;
  const enumValue = enumValueUsedLater(statements);
  if (enumValue !== undefined) return `enum value '${enumValue}' is added and used`;
  return isTransactional ? undefined : 'isTransactional() is false';
}
