import type { EntityManager } from '@mikro-orm/postgresql';
import type { Delivery } from './deliver-event.ts';
import { executePrepared } from './execute-prepared.ts';
import type { RelayedEvent } from './relayed-event.ts';

/** What a relay does next. */
export interface Turn {
  /** What became of the events of the last lease, to be recorded. */
  deliveries: readonly Delivery[];
  lastLeaseId: string;
  /** The next lease: of up to so many events, for so long. 0 events leases none. */
  leaseId: string;
  batchSize: number;
  /** Whether to end leases of others that have lapsed. */
  endsLapsed: boolean;
  leaseMs: number;
  /** An event whose delivery was begun so often without success is set aside. */
  maxAttempts: number;
}

/** What a turn has brought. */
export interface TurnResult {
  /** To be delivered, at most one of each aggregate. */
  events: RelayedEvent[];
  /** Set aside by this turn, with the reason. */
  setAside: (RelayedEvent & { lastError: string })[];
}

type EventRow = Omit<RelayedEvent, 'id'> & { id: string };
type LockedRow = EventRow & { hasKilled: boolean };
type RecordedRow = EventRow & { isSetAside: boolean; lastError: string };

const maxRetryDelayMs = 5 * 60_000;
const killedError =
  'Its relay was killed, or stopped for longer than the lease, while it delivered this event.';

const columns = `event.id, event.topic, event.aggregate_id as "aggregateId", event.payload,
  event.created_at as "createdAt", event.attempts`;
const recordedColumns = `${columns}, event.set_aside_at is not null as "isSetAside", event.last_error as "lastError"`;

/**
 * Records the last deliveries and leases the next events, in one short transaction. It may be repeated with the same
 * leases after a lost connection: what was recorded is left alone, what was leased is leased anew.
 *
 * A lease is a row of its own, with the ids of its events: written into each event, it would cost as much as the
 * publication itself.
 */
export async function takeTurn(em: EntityManager, turn: Turn): Promise<TurnResult> {
  return await em.transactional(async (em) => {
    const recorded = turn.deliveries.length > 0 ? await record(em, turn) : [];
    const lapsed = turn.endsLapsed ? await countLapsed(em, turn) : [];
    const leased = turn.batchSize > 0 ? await lease(em, turn) : [];
    return {
      events: leased.map(toEvent),
      setAside: [...recorded, ...lapsed]
        .filter(({ isSetAside }) => isSetAside)
        .map((row) => ({ ...toEvent(row), lastError: row.lastError })),
    };
  });
}

/** Nothing, where the lease has lapsed and another relay has ended it. */
async function record(em: EntityManager, turn: Turn): Promise<RecordedRow[]> {
  const deliveries = turn.deliveries.map((each) => ({
    id: each.event.id.toString(),
    result: each.result,
    error: each.result === 'failed' ? each.error : null,
  }));
  return await executePrepared<RecordedRow>(
    em,
    `with lease as (delete from outbox_lease where id = $1::uuid returning id)
     update outbox_event event
     set attempts = event.attempts + 1, last_error = coalesce(error, last_error),
       published_at = case when result = 'published' then clock_timestamp() end,
       set_aside_at = case when result = 'failed' and event.attempts + 1 >= $2::int then clock_timestamp() end,
       retry_at = case when result = 'failed'
         then clock_timestamp() + make_interval(secs => least($3::float8, 100 * 2 ^ least(event.attempts, 30)) / 1000)
       end
     from jsonb_to_recordset($4::jsonb) as delivery (id bigint, result text, error text), lease
     where event.id = delivery.id and result <> 'cancelled'
     returning ${recordedColumns}`,
    [turn.lastLeaseId, turn.maxAttempts, maxRetryDelayMs, JSON.stringify(deliveries)],
  );
}

/** Ends the leases that have lapsed, and counts an attempt for each of their events: it can have killed the relay. */
async function countLapsed(em: EntityManager, { leaseId, maxAttempts }: Turn): Promise<RecordedRow[]> {
  const leases = await executePrepared<{ eventIds: string[] }>(
    em,
    `delete from outbox_lease where leased_until <= now() and id <> $1::uuid returning event_ids::text[] as "eventIds"`,
    [leaseId],
  );
  if (leases.length === 0) return [];
  return await executePrepared<RecordedRow>(
    em,
    `update outbox_event event
     set attempts = attempts + 1, last_error = $3,
       set_aside_at = case when attempts + 1 >= $1::int then clock_timestamp() end
     where id = any ($2::bigint[]) and published_at is null and set_aside_at is null
     returning ${recordedColumns}`,
    [maxAttempts, leases.flatMap(({ eventIds }) => eventIds), killedError],
  );
}

/**
 * Leases the first unpublished event of each aggregate. An event that was set aside is unpublished, so it holds up the
 * later ones of its aggregate. One whose last relay was killed is leased alone: whichever of that batch has killed it,
 * the others must not be set aside with it.
 *
 * Whoever gets the lock of an event after another relay has leased it sees that lease in the second statement, though
 * not in the first, which began earlier.
 */
async function lease(em: EntityManager, turn: Turn): Promise<EventRow[]> {
  // Not prepared: a plan for any limit reads the whole outbox.
  const locked = await em.execute<LockedRow[]>(
    `select ${columns}, coalesce(event.last_error = ?, false) as "hasKilled"
     from outbox_event event
     where published_at is null and set_aside_at is null and (retry_at is null or retry_at <= now())
       and id not in (select unnest(event_ids) from outbox_lease where id <> ?::uuid)
       and not exists (select from outbox_event earlier
                       where earlier.aggregate_id = event.aggregate_id and earlier.id < event.id
                         and earlier.published_at is null)
     order by id
     limit ?
     for no key update skip locked`,
    [killedError, turn.leaseId, turn.batchSize],
  );
  const [first] = locked;
  if (first === undefined) return [];
  const batch = first.hasKilled ? [first] : locked.filter(({ hasKilled }) => !hasKilled);
  const [leased] = await executePrepared<{ eventIds: string[] }>(
    em,
    `insert into outbox_lease (id, event_ids, leased_until)
     select $1::uuid, array_agg(event_id), clock_timestamp() + make_interval(secs => $2::float8 / 1000)
     from unnest($3::bigint[]) as event_id
     where event_id not in (select unnest(event_ids) from outbox_lease where id <> $1::uuid)
     having count(*) > 0
     on conflict (id) do update set event_ids = excluded.event_ids, leased_until = excluded.leased_until
     returning event_ids::text[] as "eventIds"`,
    [turn.leaseId, turn.leaseMs, batch.map(({ id }) => id)],
  );
  const ids = new Set(leased?.eventIds);
  return batch.filter(({ id }) => ids.has(`${id}`));
}

function toEvent({ id, topic, aggregateId, payload, createdAt, attempts }: EventRow): RelayedEvent {
  return { id: BigInt(id), topic, aggregateId, payload, createdAt: new Date(createdAt), attempts };
}
