import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { hasSqlDetails } from 'libpg-query';
import { classifyStatement, type StatementTraits } from './classify-statement.ts';
import { checksumOf, collectQueries, type Direction } from './collect-queries.ts';
import { enumValueUsedLater } from './enum-values.ts';
import { excerpt } from './excerpt.ts';
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
  checksum: string;
  statements: PlannedStatement[];
  /** Why it can't run: syntax errors and statements that the migrator refuses. */
  faults: string[];
  /** Why it runs statement by statement, outside one transaction; undefined when it runs inside one. */
  nonTransactionalReason: string | undefined;
}

/** Collects and parses the statements of a migration, whose `name` is set, and decides how they must be run. */
export async function planMigration(
  migration: Migration,
  direction: Direction,
  driver: AbstractSqlDriver,
): Promise<MigrationPlan> {
  const queries = await collectQueries(migration, direction, driver);
  const { parsed, faults } = await parseAll(queries);
  const statements = parsed.map((statement) => {
    const { mayCommit = false, ...traits } = classifyStatement(statement.node);
    return { ...statement, ...traits, commitsItself: mayCommit && !migration.isTransactional() };
  });
  for (const { sql, refusal } of statements) {
    if (refusal !== undefined) faults.push(`"${excerpt(sql)}": ${refusal}`);
  }
  return {
    name: migration.name ?? '',
    direction,
    checksum: checksumOf(queries),
    statements,
    faults,
    nonTransactionalReason: nonTransactionalReason(migration, statements),
  };
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
  migration: Migration,
  statements: readonly PlannedStatement[],
): string | undefined {
  const first = statements.find(({ nonTransactional }) => nonTransactional !== undefined);
  if (first?.nonTransactional !== undefined) return first.nonTransactional.command;
  const enumValue = enumValueUsedLater(statements);
  if (enumValue !== undefined) return `enum value '${enumValue}' is added and used`;
  return migration.isTransactional() ? undefined : 'isTransactional() is false';
}
