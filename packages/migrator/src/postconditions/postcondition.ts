import { relationName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import type { ParsedStatement } from '../parse-statements.ts';
import { findIndex, indexFault } from './index-postcondition.ts';
import { conditionalRelation, kindFault } from './kind-postcondition.ts';
import { columnFault, columnsOf, conditionalColumns } from './table-postcondition.ts';

/** A statement succeeded, and the catalog does not show what it says. */
export class PostconditionFault extends Error {
  /** What to do. */
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.remedy = remedy;
  }
}

type Check = () => Promise<{ problem: string; remedy: string } | undefined>;

/**
 * Runs a statement, and then checks in the catalog what its success does not tell: whether an index is valid, and
 * whether what `IF NOT EXISTS` has found is what the statement says.
 *
 * @throws PostconditionFault
 */
export async function withPostcondition(
  session: Queryable,
  statement: ParsedStatement,
  execute: () => Promise<void>,
): Promise<void> {
  const check = await postconditionOf(session, statement);
  await execute();
  const fault = await check?.().catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PostconditionFault(
      `it cannot be compared with what existed before: ${reason}`,
      'Leave out IF NOT EXISTS.',
      { cause },
    );
  });
  if (fault !== undefined) throw new PostconditionFault(fault.problem, fault.remedy);
}

/** All else that a statement can do takes effect, or the statement fails. */
async function postconditionOf(
  session: Queryable,
  { sql, node }: ParsedStatement,
): Promise<Check | undefined> {
  if ('IndexStmt' in node) {
    const { IndexStmt: statement } = node;
    const { concurrent, if_not_exists, relation, idxname } = statement;
    if (idxname === undefined || (!concurrent && !if_not_exists)) return undefined;
    const existed =
      if_not_exists === true && (await findIndex(session, relationName(relation), idxname)) !== undefined;
    return () => indexFault(session, sql, statement, existed);
  }
  const created = conditionalRelation(node);
  const ofKind: Check | undefined = created && (() => kindFault(session, created));
  const conditional = conditionalColumns(node);
  if (conditional === undefined) return ofKind;
  const before = await columnsOf(session, relationName(conditional.table));
  const isFound =
    'CreateStmt' in node ? before.size > 0 : conditional.columns.some((column) => before.has(column));
  if (!isFound) return ofKind;
  const columns =
    'CreateStmt' in node ? conditional.columns : conditional.columns.filter((each) => before.has(each));
  return async () =>
    (await ofKind?.()) ?? (await columnFault(session, sql, { ...conditional, columns }, before));
}
