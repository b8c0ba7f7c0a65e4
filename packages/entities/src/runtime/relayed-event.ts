/** An event of the outbox, as its handler gets it. */
export interface RelayedEvent {
  /** Grows with time; for a consumer that drops what it has seen. */
  id: bigint;
  topic: string;
  aggregateId: string;
  payload: Record<string, unknown>;
  createdAt: Date;
  /** How often its delivery was begun before, without success. */
  attempts: number;
}
