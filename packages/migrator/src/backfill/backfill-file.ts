import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isUserError } from '@ecommerce-dms/errors';
import { type Node, type RangeVar, scan } from 'libpg-query';
import { readSqlFile } from '../files/sql-file.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { relationName } from '../identifiers.ts';
import { functionsIn, nodeOf, nodesBelow, nodesOf } from '../lint/nodes.ts';
import type { ParsedStatement } from '../parse-statements.ts';
import { openValue } from './open-value.ts';
import type { BackfillOptions } from './options.ts';

/** The headers of a backfill's file. */
const headers = ['table', 'batch', 'pause', 'max-lag', 'lock-timeout', 'statement-timeout'] as const;

/** A backfill as its file declares it: one UPDATE or DELETE, whose WHERE says which rows still need it. */
export interface Backfill {
  name: string;
  path: string;
  /** Of the statement. */
  fingerprint: string;
  command: 'update' | 'delete';
  /** The table as the statement names it, quoted, with ONLY where that has it. */
  target: string;
  /** What the statement calls the table, quoted: its alias, or its name. */
  alias: string;
  /** The table and its alias, as in FROM. */
  from: string;
  /** The statement up to its WHERE. */
  head: string;
  /** The condition after WHERE. */
  where: string;
  /** The columns that it sets. */
  changedColumns: readonly string[];
  /** The functions that its WHERE calls. */
  whereFunctions: readonly string[];
  /** What its headers set. */
  settings: Pick<
    BackfillOptions,
    'batchSize' | 'pauseMs' | 'maxLagMs' | 'tableTimeoutMs' | 'statementTimeoutMs'
  >;
}

/**
 * Reads the file of a backfill.
 *
 * @returns the backfill, or everything that is wrong with the file
 */
export async function readBackfill(
  name: string,
  path: string,
): Promise<{ backfill: Backfill } | { faults: string[] }> {
  if ((await readFile(path, 'utf8')).includes(openValue))
    return { faults: [`has ${openValue} in place of a value`] };
  const file = await readSqlFile(path, headers).catch((error: unknown) => {
    if (isUserError(error)) return error.message.replaceAll(`${basename(path)}: `, '').replace(/\.$/, '');
    throw error;
  });
  if (typeof file === 'string') return { faults: [file] };
  const [statement, ...others] = file.statements;
  if (statement === undefined || others.length > 0) {
    return { faults: [`has ${file.statements.length} statements: a backfill is one UPDATE or DELETE`] };
  }
  const { header } = file;
  const command = commandOf(statement.node);
  if (command === undefined) return { faults: ['is no UPDATE and no DELETE'] };
  const relation = command.relation ?? {};
  const faults = [...faultsOf(command), ...tableFaults(header.table, relation)];
  if (faults.length > 0) return { faults };
  const [head, where] = await splitAtWhere(statement.sql);
  const alias = relationName({ relname: relation.alias?.aliasname ?? relation.relname });
  const target = `${relation.inh === true ? '' : 'only '}${relationName(relation)}`;
  return {
    backfill: {
      name,
      path,
      fingerprint: await fingerprintOf([statement]),
      command: command.name,
      target,
      alias,
      from: `${target} as ${alias}`,
      head,
      where,
      changedColumns: nodesOf(command.targetList, 'ResTarget').map((each) => each.name ?? ''),
      whereFunctions: functionsIn(command.where),
      settings: {
        ...(header.batchSize !== undefined && { batchSize: header.batchSize }),
        ...(header.pauseMs !== undefined && { pauseMs: header.pauseMs }),
        ...(header.maxLagMs !== undefined && { maxLagMs: header.maxLagMs }),
        ...(header.lockTimeoutMs !== undefined && { tableTimeoutMs: header.lockTimeoutMs }),
        ...(header.statementTimeoutMs !== undefined && { statementTimeoutMs: header.statementTimeoutMs }),
      },
    },
  };
}

interface Command {
  name: 'update' | 'delete';
  relation: RangeVar | undefined;
  where: Node | undefined;
  targetList: readonly Node[];
  others: readonly Node[];
  hasWith: boolean;
  hasReturning: boolean;
}

function commandOf(node: ParsedStatement['node']): Command | undefined {
  const update = nodeOf(node, 'UpdateStmt');
  const statement = update ?? nodeOf(node, 'DeleteStmt');
  if (statement === undefined) return undefined;
  return {
    name: update === undefined ? 'delete' : 'update',
    relation: statement.relation,
    where: statement.whereClause,
    targetList: update?.targetList ?? [],
    others: update?.fromClause ?? nodeOf(node, 'DeleteStmt')?.usingClause ?? [],
    hasWith: statement.withClause !== undefined,
    hasReturning: statement.returningClause !== undefined,
  };
}

/** Why a statement can't be run in batches, with the result of the whole statement. */
function faultsOf({ relation, where, targetList, others, hasWith, hasReturning }: Command): string[] {
  const faults: string[] = [];
  if (where === undefined) {
    faults.push(
      'has no WHERE, which has to say which rows still need it, and be false for those that are done, such as `note is null`',
    );
  }
  if (others.length > 0) {
    faults.push(
      'joins other tables (FROM or USING), of which several rows can match one: read them in a subquery, such as `set rate = (select rate from ...)` or `where exists (select from ...)`',
    );
  }
  if (hasWith) faults.push('has WITH: put its queries into subqueries');
  if (hasReturning) faults.push('has RETURNING, and nobody reads what it returns');
  const below = [...nodesBelow({ where, targetList })];
  if (below.some(([kind]) => kind === 'CurrentOfExpr')) faults.push('has WHERE CURRENT OF');
  if (below.some(([kind]) => kind === 'ParamRef'))
    faults.push('has parameters ($1), for which there is no value');
  const readsItself = below.some(
    ([kind, node]) => kind === 'RangeVar' && node['relname'] === relation?.relname,
  );
  if (readsItself) {
    faults.push(
      'reads its own table in a subquery, where a batch would see what earlier batches have changed: put what it needs into a column or a table of its own first',
    );
  }
  return faults;
}

function tableFaults(named: string | undefined, relation: RangeVar): string[] {
  if (named === undefined) return [];
  const name = [relation.schemaname, relation.relname].filter((part) => part !== undefined).join('.');
  return named === name || named === relationName(relation)
    ? []
    : [`says "table: ${named}", and its statement changes ${name}`];
}

/** WHERE is the last clause of the statement, and the only one outside of parentheses. */
async function splitAtWhere(sql: string): Promise<[head: string, where: string]> {
  let depth = 0;
  // The scanner counts in bytes of UTF-8.
  const bytes = Buffer.from(sql);
  for (const { text, start, end, tokenName, keywordKind } of (await scan(sql)).tokens) {
    if (tokenName === 'ASCII_40') depth++;
    if (tokenName === 'ASCII_41') depth--;
    if (depth > 0 || keywordKind === 0 || text.toLowerCase() !== 'where') continue;
    return [bytes.subarray(0, start).toString().trim(), bytes.subarray(end).toString().trim()];
  }
  throw new Error('A statement whose parse tree has a WHERE has none in its text.');
}
