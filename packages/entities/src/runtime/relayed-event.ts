import { int4, int8, jsonb, text, timestamptz, uuid } from './sql-type.ts';

/** An event of the outbox, as its handler receives it. */
export interface RelayedEvent {
  /** Grows with time, so that a consumer can drop what it has seen. */
  id: bigint;
  topic: string;
  aggregateId: string;
  payload: Record<string, unknown>;
  createdAt: Date;
  /** How often its delivery was begun before, without success. */
  attempts: number;
}

/** The columns of a statement that returns such events. */
export const eventRow = {
  id: int8,
  topic: text,
  aggregateId: uuid,
  payload: jsonb<RelayedEvent['payload']>(),
  createdAt: timestamptz,
  attempts: int4,
};

/** SQL: those columns of `outbox_event event`. */
export const eventColumns = `event.id, event.topic, event.aggregate_id as "aggregateId", event.payload,
  event.created_at as "createdAt", event.attempts`;
