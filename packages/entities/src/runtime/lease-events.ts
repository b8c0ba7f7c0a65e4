import type { EntityManager } from '@mikro-orm/postgresql';
import type { Delivery } from './deliver-event.ts';
import type { RelayedEvent } from './relayed-event.ts';

/** What a relay does next. */
export interface Turn {
  /** What became of the events of the last lease, to be recorded. */
  deliveries: readonly Delivery[];
  lastLeaseId: string;
  /** The next lease: of up to so many events, for so long. 0 events leases none. */
  leaseId: string;
  batchSize: number;
  leaseMs: number;
  /** An event whose delivery was begun so often is set aside. */
  maxAttempts: number;
}

/** What a turn has brought. */
export interface TurnResult {
  /** To be delivered, at most one of each aggregate. */
  events: RelayedEvent[];
  /** Set aside by this turn, with the reason. */
  setAside: (RelayedEvent & { lastError: string })[];
}

type EventRow = Omit<RelayedEvent, 'id'> & { id: string; isSetAside: boolean; lastError: string };

const maxRetryDelayMs = 5 * 60_000;

const columns = `event.id, event.topic, event.aggregate_id as "aggregateId", event.payload,
  event.created_at as "createdAt", event.attempts, event.set_aside_at is not null as "isSetAside",
  event.last_error as "lastError"`;

/**
 * Records the last deliveries and leases the next events, in one short transaction. It may be repeated with the same
 * leases after a lost connection: what was recorded is left alone, what was leased is leased again.
 */
export async function takeTurn(em: EntityManager, turn: Turn): Promise<TurnResult> {
  return await em.transactional(async (em) => {
    const recorded = turn.deliveries.length > 0 ? await record(em, turn) : [];
    const leased = turn.batchSize > 0 ? await lease(em, turn) : [];
    return {
      // Delivered in the order of their ids; an UPDATE returns them in any.
      events: leased
        .filter(({ isSetAside }) => !isSetAside)
        .map((row) => ({ ...toEvent(row), attempts: row.attempts - 1 }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      setAside: [...recorded, ...leased]
        .filter(({ isSetAside }) => isSetAside)
        .map((row) => ({ ...toEvent(row), lastError: row.lastError })),
    };
  });
}

/** Leaves alone what another relay has leased since: this one's lease had run out. */
async function record(em: EntityManager, turn: Turn): Promise<EventRow[]> {
  const deliveries = turn.deliveries.map((each) => ({
    id: each.event.id.toString(),
    result: each.result,
    error: each.result === 'failed' ? each.error : null,
  }));
  return await em.execute<EventRow[]>(
    `update outbox_event event
     set lease_id = null, leased_until = null,
       attempts = event.attempts - (result = 'cancelled')::int,
       last_error = coalesce(error, last_error),
       published_at = case when result = 'published' then clock_timestamp() end,
       set_aside_at = case when result = 'failed' and event.attempts >= ?::int then clock_timestamp() end,
       retry_at = case when result = 'failed'
         then clock_timestamp() + make_interval(secs => least(?::float8, 100 * 2 ^ least(event.attempts - 1, 30)) / 1000)
       end
     from jsonb_to_recordset(?::jsonb) as delivery (id bigint, result text, error text)
     where event.id = delivery.id and event.lease_id = ?::uuid
     returning ${columns}`,
    [turn.maxAttempts, maxRetryDelayMs, JSON.stringify(deliveries), turn.lastLeaseId],
  );
}

/**
 * Leases the first unpublished event of each aggregate, and counts the attempt before it is begun: it can end this
 * process. An event that was set aside is unpublished, so it holds up the later ones of its aggregate.
 */
async function lease(em: EntityManager, turn: Turn): Promise<EventRow[]> {
  return await em.execute<EventRow[]>(
    `with next as materialized (
       select id, lease_id is not null as has_no_result,
         -- Leased by this very turn, before it lost its connection: begun, but not delivered.
         attempts - coalesce(lease_id = ?::uuid, false)::int as begun
       from outbox_event event
       where published_at is null and set_aside_at is null and (retry_at is null or retry_at <= now())
         and (leased_until is null or leased_until <= now() or lease_id = ?::uuid)
         and not exists (select from outbox_event earlier
                         where earlier.aggregate_id = event.aggregate_id and earlier.id < event.id
                           and earlier.published_at is null)
       order by id
       limit ?
       for no key update skip locked
     ), claim as (select *, begun >= ?::int as is_exhausted from next)
     update outbox_event event
     set attempts = begun + (not is_exhausted)::int,
       lease_id = case when not is_exhausted then ?::uuid end,
       leased_until = case when not is_exhausted then clock_timestamp() + make_interval(secs => ?::float8 / 1000) end,
       set_aside_at = case when is_exhausted then clock_timestamp() end,
       last_error = case when is_exhausted and has_no_result
         then 'Its relay was killed, or stopped for longer than the lease, while it delivered this event.'
         else last_error end
     from claim
     where event.id = claim.id
     returning ${columns}`,
    [turn.leaseId, turn.leaseId, turn.batchSize, turn.maxAttempts, turn.leaseId, turn.leaseMs],
  );
}

function toEvent({ id, topic, aggregateId, payload, createdAt, attempts }: EventRow): RelayedEvent {
  return { id: BigInt(id), topic, aggregateId, payload, createdAt: new Date(createdAt), attempts };
}
