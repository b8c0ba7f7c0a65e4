import type { EntityManager } from '@mikro-orm/postgresql';
import { jsonb, text, uuid } from './sql-type.ts';
import { statement } from './statement.ts';

const insertEvent = statement({
  params: { topic: text, aggregateId: uuid, payload: jsonb() },
  sql: 'insert into outbox_event (topic, aggregate_id, payload) values (:topic, :aggregateId, :payload)',
});

/** Writes an event into the outbox, in the caller's transaction. Bigints of the payload become text. */
export async function emitEvent(
  em: EntityManager,
  topic: string,
  aggregateId: string,
  payload: object,
): Promise<void> {
  await insertEvent(em, { topic, aggregateId, payload });
}
