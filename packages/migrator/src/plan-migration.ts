import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { hasSqlDetails } from 'libpg-query';
import { classifyStatement, type StatementTraits } from './classify-statement.ts';
import { checksumOf, collectQueries, type Direction } from './collect-queries.ts';
import { enumValueUsedLater } from './enum-values.ts';
import { excerpt } from './excerpt.ts';
import { type ParsedStatement, parseStatements } from './parse-statements.ts';

/** One statement of a migration and how it must be run. */
export interface PlannedStatement extends StatementTraits {
  sql: string;
}

/** All that is known of one direction of a migration before it runs. */
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

/** Collects and parses the statements of a migration, whose `name` is set, and finds how they must be run. */
export async function planMigration(
  migration: Migration,
  direction: Direction,
  driver: AbstractSqlDriver,
): Promise<MigrationPlan> {
  const queries = await collectQueries(migration, direction, driver);
  const { parsed, faults } = await parseAll(queries);
  const statements = parsed.map(({ sql, node }) => ({ sql, ...classifyStatement(node) }));
  for (const { sql, transactionControl, unnamedIndex } of statements) {
    if (transactionControl)
      faults.push(`"${excerpt(sql)}": the migrator itself begins and ends transactions`);
    if (unnamedIndex) faults.push(`"${excerpt(sql)}": name the index, so that a failed attempt can be found`);
  }
  return {
    name: migration.name ?? '',
    direction,
    checksum: checksumOf(queries),
    statements,
    faults,
    nonTransactionalReason: nonTransactionalReason(migration, statements, parsed),
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
  parsed: readonly ParsedStatement[],
): string | undefined {
  const command = statements.find((statement) => statement.nonTransactional)?.nonTransactional;
  if (command !== undefined) return command;
  const enumValue = enumValueUsedLater(parsed);
  if (enumValue !== undefined) return `enum value '${enumValue}' is added and used`;
  return migration.isTransactional() ? undefined : 'isTransactional() is false';
}
