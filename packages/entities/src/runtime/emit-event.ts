import type { EntityManager } from '@mikro-orm/postgresql';

/** Writes an event into the outbox, in the caller's transaction. Amounts of the payload become text. */
export async function emitEvent(
  em: EntityManager,
  topic: string,
  aggregateId: string,
  payload: object,
): Promise<void> {
  await em.execute('insert into outbox_event (topic, aggregate_id, payload) values (?, ?, ?::jsonb)', [
    topic,
    aggregateId,
    JSON.stringify(payload, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each)),
  ]);
}
