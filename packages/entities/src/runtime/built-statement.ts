import type { RawQueryFragment } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { refusedNumber } from './refused-number.ts';
import { decodeRows, type RowOf, type SqlTypes } from './statement.ts';

/** A statement whose text depends on its input. */
export interface BuiltStatementDefinition<Input, Row extends SqlTypes> {
  row: Row;
  build: (input: Input) => RawQueryFragment;
  /** Inputs whose texts together have every part that `build` can add: `statement.test.ts` checks these. */
  examples: readonly Input[];
}

/** The same as a {@link DeclaredStatement}, with the texts of its examples. */
export interface DeclaredBuiltStatement {
  fragments: readonly RawQueryFragment[];
  row: SqlTypes;
}

/** All that the modules loaded so far have declared. */
export const declaredBuiltStatements: (() => DeclaredBuiltStatement)[] = [];

/**
 * A statement that is composed of fragments, with the values in it as literals, so that the planner sees them. Its
 * rows have the declared types, which `statement.test.ts` compares with those of each example.
 */
export function builtStatement<Input, const Row extends SqlTypes>({
  row,
  build,
  examples,
}: BuiltStatementDefinition<Input, Row>): (em: EntityManager, input: Input) => Promise<RowOf<Row>[]> {
  declaredBuiltStatements.push(() => ({ fragments: examples.map(build), row }));
  return async (em, input) => {
    const rows = await em.execute<Record<string, unknown>[]>(build(input)).catch((error: unknown) => {
      throw refusedNumber(error);
    });
    return decodeRows(row, rows) as RowOf<Row>[];
  };
}
