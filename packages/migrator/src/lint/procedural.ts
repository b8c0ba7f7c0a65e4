import { parsePlPgSQLSync, parseSync } from 'libpg-query';
import { isOn } from '../classify-statement.ts';
import { nodeOf, nodesBelow, nodesOf } from './nodes.ts';
import type { LintStatement } from './lint-statement.ts';
import { SqlText } from './sql-text.ts';

/**
 * The statements that a DO block can run, as far as its text shows them.
 *
 * @returns `hidden`: why some cannot be seen; undefined if all can
 */
export function statementsOfDo(statement: LintStatement): {
  statements: LintStatement[];
  hidden: string | undefined;
} {
  const language = nodesOf(nodeOf(statement.node, 'DoStmt')?.args, 'DefElem').find(
    ({ defname }) => defname === 'language',
  );
  const name = nodeOf(language?.arg, 'String')?.sval ?? 'plpgsql';
  if (name.toLowerCase() !== 'plpgsql') return { statements: [], hidden: `its language is ${name}` };
  const statements: LintStatement[] = [];
  let hidden: string | undefined;
  const selects = new Set<string>();
  let body: unknown;
  try {
    body = parsePlPgSQLSync(statement.sql);
  } catch {
    return { statements, hidden: 'it cannot be parsed' };
  }
  const add = (sql: string): void => {
    for (const { stmt } of parseSync(sql).stmts ?? []) {
      if (stmt === undefined) continue;
      const text = new SqlText(sql);
      statements.push({ ...statement, node: stmt, sql, text, start: 0, end: text.length });
    }
  };
  for (const [kind, node] of nodesBelow(body)) {
    if (kind === 'PLpgSQL_stmt_execsql') {
      const query = queryOf(node['sqlstmt']);
      try {
        if (selectOf(query) === undefined) add(query);
      } catch {
        hidden = `"${query}" cannot be parsed`;
      }
    }
    if (kind === 'PLpgSQL_stmt_dynexecute' || kind === 'PLpgSQL_stmt_dynfors') {
      const text = literalOf(queryOf(node['query']));
      if (text === undefined) hidden = 'EXECUTE runs a text that is put together as it runs';
      else add(text);
    }
    if (kind === 'PLpgSQL_stmt_call') hidden = `it runs ${queryOf(node['expr'])}`;
    if (kind === 'PLpgSQL_expr') {
      const select = selectOf(String(node['query']));
      if (select !== undefined && !selects.has(select)) add(select);
      if (select !== undefined) selects.add(select);
    }
  }
  return { statements, hidden };
}

function queryOf(expression: unknown): string {
  const inner: unknown = Reflect.get(Object(expression), 'PLpgSQL_expr') ?? {};
  const query: unknown = Reflect.get(Object(inner), 'query');
  return typeof query === 'string' ? query : '';
}

/** The query that an expression of a block is, which calls its functions: of a condition, an assignment, PERFORM. */
function selectOf(expression: string): string | undefined {
  const value = expression.replace(/^[^'(]*?:?=/, '');
  for (const query of [expression, `select ${expression}`, `select ${value}`]) {
    try {
      const [statement] = parseSync(query).stmts ?? [];
      return statement?.stmt !== undefined && 'SelectStmt' in statement.stmt ? query : undefined;
    } catch {
      // It is of another form.
    }
  }
  return undefined;
}

/** The text of an expression that is no more than a string. */
function literalOf(expression: string): string | undefined {
  try {
    const select = nodeOf(parseSync(`select ${expression}`).stmts?.[0]?.stmt, 'SelectStmt');
    const [target] = nodesOf(select?.targetList, 'ResTarget');
    return nodeOf(target?.val, 'A_Const')?.sval?.sval;
  } catch {
    return undefined;
  }
}

/** The statements that are parts of another one and write on their own: in WITH, and what EXPLAIN ANALYZE runs. */
export function statementsWithin(statement: LintStatement): LintStatement[] {
  const explain = nodeOf(statement.node, 'ExplainStmt');
  if (explain !== undefined) {
    const runs = isOn(explain.options, 'analyze') && explain.query !== undefined;
    return runs && explain.query ? [{ ...statement, node: explain.query }] : [];
  }
  return [...nodesBelow(statement.node)].flatMap(([kind, node]): LintStatement[] => {
    if (kind !== 'CommonTableExpr') return [];
    const query = node['ctequery'] as LintStatement['node'];
    return 'SelectStmt' in query ? [] : [{ ...statement, node: query }];
  });
}
