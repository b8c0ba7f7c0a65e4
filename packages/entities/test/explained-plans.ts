import type { ClientBase, Pool } from 'pg';

/** A plan of EXPLAIN, as far as the tests look at it. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Conflict Arbiter Indexes'?: string[];
  Plans?: PlanNode[];
}

/** A statement that ran, by itself or within a trigger, and the tables that its plan read from end to end. */
export interface ExplainedStatement {
  sql: string;
  scanned: string[];
  /** The indexes that it used. */
  indexes: string[];
}

/** The settings of a session that sends the plan of each of its statements to the client: auto_explain, as a notice. */
export const explaining = [
  'session_preload_libraries=auto_explain',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_level=notice',
  'auto_explain.log_format=json',
  'auto_explain.log_nested_statements=on',
  'client_min_messages=notice',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** Collects what the sessions of a pool ({@link explaining}) say about the plans of their statements. */
export function collectPlans(pool: Pool, into: ExplainedStatement[]): void {
  pool.on('connect', (client) => {
    planAsInProduction(client);
    client.on('notice', ({ message = '' }) => {
      const json = /^duration: .* plan:\s*(\{.*\})\s*$/s.exec(message)?.[1];
      if (json === undefined) return;
      const { 'Query Text': sql, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode };
      into.push({ sql, scanned: scannedTables(plan), indexes: usedIndexes(plan) });
    });
  });
}

/**
 * A statement that the connection keeps has the plan that it comes to after a few runs, which is for any values; any
 * other is planned for its values.
 */
function planAsInProduction(client: ClientBase): void {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  client.query = (async (statement: string | { name?: string }, ...rest: unknown[]) => {
    const isPrepared = typeof statement === 'object' && statement.name !== undefined;
    // Refused in a transaction that has failed, where nothing is planned either.
    await query(`set plan_cache_mode = force_${isPrepared ? 'generic' : 'custom'}_plan`).catch(
      () => undefined,
    );
    return await query(statement, ...rest);
  }) as typeof client.query;
}

function usedIndexes(plan: PlanNode): string[] {
  const own = plan['Index Name'] === undefined ? [] : [plan['Index Name']];
  return [...own, ...(plan['Conflict Arbiter Indexes'] ?? []), ...(plan.Plans ?? []).flatMap(usedIndexes)];
}

function scannedTables(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' && node['Relation Name'] ? [node['Relation Name']] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scannedTables)];
}
