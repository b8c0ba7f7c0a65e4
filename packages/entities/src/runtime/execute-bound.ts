import { hash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ClientBase } from 'pg';
import { isStalePlan } from './transient-failure.ts';

/** What Kysely hands to the driver. */
type KyselyQuery = Parameters<ReturnType<EntityManager['getKysely']>['executeQuery']>[0];

/** A statement with its values, as it is sent to the server. */
export interface BoundStatement {
  /** With `$1`... */
  text: string;
  values: readonly unknown[];
  /** Whether the connection keeps it prepared. */
  isPrepared: boolean;
}

/** How often the result type of a statement has changed; part of its name. */
const generations = new Map<string, number>();
const names = new Map<string, string>();

/**
 * Runs a statement with bound values, in the transaction of `executor` if it has one. A connection parses and plans a
 * prepared statement once, and keeps it as long as it lives. `em.execute` sends literals instead, which the server's
 * log of a failed statement would contain.
 *
 * When a migration changes the result type of a prepared statement, the statement fails once, as a conflict that
 * `withRetry` repeats, and is then prepared again on every connection.
 *
 * @returns the rows as the driver returns them
 */
export async function executeBound<Row>(
  executor: EntityManager | ClientBase,
  { text, values, isPrepared }: BoundStatement,
): Promise<Row[]> {
  const config = { text, ...(isPrepared ? { name: nameOf(text) } : {}) };
  try {
    if (!('getKysely' in executor)) {
      const { rows } = await executor.query({ ...config, values: [...values] });
      return rows as Row[];
    }
    if (executor.getSessionContext() === undefined || executor.isInTransaction()) {
      return await onKysely<Row>(executor, config, values);
    }
    // The settings of a session (actingAs) are those of its transactions.
    return await executor.transactional((em) => onKysely<Row>(em, config, values));
  } catch (error) {
    if (isStalePlan(error)) {
      generations.set(text, (generations.get(text) ?? 0) + 1);
      names.delete(text);
    }
    throw error;
  }
}

async function onKysely<Row>(
  em: EntityManager,
  config: { text: string; name?: string },
  values: readonly unknown[],
): Promise<Row[]> {
  const startedAt = Date.now();
  const log = (level: 'info' | 'error') => {
    em.config
      .getLogger()
      .logQuery({ query: config.text, params: values, took: Date.now() - startedAt, level });
  };
  // Kysely passes `sql` on as the first argument of pg's `query`, which takes a statement with its name, too.
  const query = {
    sql: config,
    parameters: values,
    query: { kind: 'RawNode' },
    queryId: { queryId: config.name ?? config.text },
  } as unknown as KyselyQuery;
  try {
    const { rows } = await em.getKysely().executeQuery(query);
    log('info');
    return rows as Row[];
  } catch (error) {
    log('error');
    throw em.getDriver().convertException(error as Error);
  }
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = hash('sha256', `${generations.get(text) ?? 0} ${text}`).slice(0, 32);
  names.set(text, name);
  return name;
}
