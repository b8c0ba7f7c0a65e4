import { hash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isStalePlan } from './transient-failure.ts';

/** What Kysely hands to the driver. */
type KyselyQuery = Parameters<ReturnType<EntityManager['getKysely']>['executeQuery']>[0];

/** How often the result of a statement has changed its type; it is part of the statement's name. */
const generations = new Map<string, number>();

/**
 * Runs a statement with bound parameters (`$1`...), in the transaction of `em` where it has one. A connection parses
 * and plans it once: `em.execute` sends literals, which costs the server more than the work itself where the work is
 * small. Only for hot statements of a fixed text: a connection keeps each text as long as it lives.
 *
 * A migration that changes the type of a result makes a statement that was prepared before it fail once, as a conflict
 * that `withRetry` repeats; it is then prepared anew on every connection.
 *
 * @returns the rows
 */
export async function executePrepared<Row>(
  em: EntityManager,
  sql: string,
  params: readonly unknown[],
): Promise<Row[]> {
  const generation = generations.get(sql) ?? 0;
  const name = hash('sha256', `${generation} ${sql}`).slice(0, 32);
  const startedAt = Date.now();
  const log = (level: 'info' | 'error') => {
    em.config.getLogger().logQuery({ query: sql, params, took: Date.now() - startedAt, level });
  };
  // Kysely passes `sql` on as the first argument of pg's `query`, which takes a statement with its name, too.
  const query = {
    sql: { name, text: sql },
    parameters: params,
    query: { kind: 'RawNode' },
    queryId: { queryId: name },
  } as unknown as KyselyQuery;
  try {
    const { rows } = await em.getKysely().executeQuery(query);
    log('info');
    return rows as Row[];
  } catch (error) {
    log('error');
    if (isStalePlan(error)) generations.set(sql, generation + 1);
    throw em.getDriver().convertException(error as Error);
  }
}
