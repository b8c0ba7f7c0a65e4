import type { EntityManager } from '@mikro-orm/postgresql';
import type { Delivery } from './deliver-event.ts';
import { eventColumns, eventRow, type RelayedEvent } from './relayed-event.ts';
import { bool, float8, int4, int8, int8Array, jsonb, nullable, text, uuid } from './sql-type.ts';
import { type RowOf, statement } from './statement.ts';

/** What a relay does next. */
export interface Turn {
  /** What became of the events of the last lease, to be recorded. */
  deliveries: readonly Delivery[];
  lastLeaseId: string;
  /** The next lease, for up to `batchSize` events (0: none) and `leaseMs`. */
  leaseId: string;
  batchSize: number;
  /** Whether to end expired leases of other relays. */
  endsLapsed: boolean;
  leaseMs: number;
  /** An event is set aside once its delivery was begun this often without success. */
  maxAttempts: number;
}

/** The result of a turn. */
export interface TurnResult {
  /** To be delivered; at most one of each aggregate. */
  events: RelayedEvent[];
  /** Set aside by this turn, with the reason. */
  setAside: (RelayedEvent & { lastError: string })[];
}

const maxRetryDelayMs = 5 * 60_000;
const killedError =
  'Its relay was killed, or stopped for longer than the lease, while it delivered this event.';

const setAsideRow = { ...eventRow, lastError: nullable(text) };
type SetAsideRow = RowOf<typeof setAsideRow>;

/** SQL, after a WITH: runs an UPDATE of `outbox_event event`, and returns the events that it has set aside. */
const returningSetAside = (update: string) => `event as (${update} returning event.*)
  select ${eventColumns}, event.last_error as "lastError" from event where event.set_aside_at is not null`;

/**
 * Records the last deliveries and leases the next events, in one short transaction. It may be repeated with the same
 * leases after a lost connection: what was recorded stays, what was leased is leased again.
 *
 * A lease is a row of its own, with the ids of its events: written into each event, it would cost as much as the
 * publication itself.
 */
export async function takeTurn(em: EntityManager, turn: Turn): Promise<TurnResult> {
  return await em.transactional(async (em) => {
    const recorded = turn.deliveries.length > 0 ? await record(em, turn) : [];
    const lapsed = turn.endsLapsed ? await countLapsed(em, turn) : [];
    const events = turn.batchSize > 0 ? await lease(em, turn) : [];
    const setAside = [...recorded, ...lapsed].map(({ lastError, ...event }) => ({
      ...event,
      lastError: lastError ?? '',
    }));
    return { events, setAside };
  });
}

const recordDeliveries = statement({
  isPrepared: true,
  params: { leaseId: uuid, maxAttempts: int4, maxRetryDelayMs: float8, deliveries: jsonb() },
  row: setAsideRow,
  sql: `with lease as (delete from outbox_lease where id = :leaseId returning id),
    ${returningSetAside(`update outbox_event event
    set attempts = event.attempts + 1, last_error = coalesce(error, last_error), lease_lapsed = false,
      published_at = case when result = 'published' then clock_timestamp() end,
      set_aside_at = case when result = 'failed' and event.attempts + 1 >= :maxAttempts then clock_timestamp() end,
      retry_at = case when result = 'failed'
        then clock_timestamp()
          + make_interval(secs => least(:maxRetryDelayMs, 100 * 2 ^ least(event.attempts, 30)) / 1000)
      end
    from jsonb_to_recordset(:deliveries) as delivery (id bigint, result text, error text), lease
    where event.id = delivery.id and result <> 'cancelled'`)}`,
});

/** Records nothing where the lease has expired and another relay has ended it. */
async function record(em: EntityManager, turn: Turn): Promise<SetAsideRow[]> {
  const deliveries = turn.deliveries.map((each) => ({
    id: each.event.id,
    result: each.result,
    error: each.result === 'failed' ? each.error : null,
  }));
  const { lastLeaseId: leaseId, maxAttempts } = turn;
  return await recordDeliveries(em, { leaseId, maxAttempts, maxRetryDelayMs, deliveries });
}

const endLapsedLeases = statement({
  isPrepared: true,
  params: { leaseId: uuid },
  row: { eventIds: int8Array },
  sql: `delete from outbox_lease where leased_until <= now() and id <> :leaseId returning event_ids as "eventIds"`,
});

const countAttempts = statement({
  isPrepared: true,
  params: { maxAttempts: int4, eventIds: int8Array, killedError: text },
  row: setAsideRow,
  sql: `with ${returningSetAside(`update outbox_event event
    set attempts = attempts + 1, last_error = :killedError, lease_lapsed = true,
      set_aside_at = case when attempts + 1 >= :maxAttempts then clock_timestamp() end
    where id = any (:eventIds) and published_at is null and set_aside_at is null`)}`,
});

/** Ends expired leases, and counts an attempt for each of their events: it may have killed the relay. */
async function countLapsed(em: EntityManager, { leaseId, maxAttempts }: Turn): Promise<SetAsideRow[]> {
  const leases = await endLapsedLeases(em, { leaseId });
  if (leases.length === 0) return [];
  const eventIds = leases.flatMap((each) => each.eventIds);
  return await countAttempts(em, { maxAttempts, eventIds, killedError });
}

/** SQL: locks the first events of those of a condition, but for what is leased, or waits for an earlier one. */
const lockEvents = (condition: string, { by, limit }: { by: string; limit: string }) => `(
    select ${eventColumns}, event.lease_lapsed as "hasKilled" from outbox_event event
    where published_at is null and set_aside_at is null and ${condition}
      and id not in (select unnest(event_ids) from outbox_lease where id <> :leaseId)
      and not exists (select from outbox_event earlier
                      where earlier.aggregate_id = event.aggregate_id and earlier.id < event.id
                        and earlier.published_at is null)
    order by ${by}
    limit ${limit}
    for no key update skip locked)`;

// Each half has an index, so that the events that wait for their retry are not read. Not prepared: a plan for any limit
// reads the whole outbox.
const lockFirstEvents = statement({
  params: { leaseId: uuid, limit: int8 },
  row: { ...eventRow, hasKilled: bool },
  sql: `with retried as materialized ${lockEvents('retry_at <= now()', { by: 'retry_at', limit: ':limit' })},
    untried as materialized ${lockEvents('retry_at is null', {
      by: 'id',
      limit: ':limit - (select count(*) from retried)',
    })}
    select * from retried union all select * from untried order by id`,
});

const insertLease = statement({
  isPrepared: true,
  params: { leaseId: uuid, leaseMs: float8, eventIds: int8Array },
  row: { eventIds: int8Array },
  sql: `insert into outbox_lease (id, event_ids, leased_until)
    select :leaseId, array_agg(event_id), clock_timestamp() + make_interval(secs => :leaseMs::float8 / 1000)
    from unnest(:eventIds::bigint[]) as event_id
    where event_id not in (select unnest(event_ids) from outbox_lease where id <> :leaseId)
    having count(*) > 0
    on conflict (id) do update set event_ids = excluded.event_ids, leased_until = excluded.leased_until
    returning event_ids as "eventIds"`,
});

/**
 * Leases the first unpublished event of each aggregate. An event that was set aside is unpublished, so it holds up
 * the later ones of its aggregate. An event whose last relay was killed is leased alone: any of that batch may have
 * killed it, and the others must not be set aside with it.
 *
 * A relay that gets the lock of an event after another relay has leased it sees that lease in the second statement,
 * though not in the first, which began earlier.
 */
async function lease(em: EntityManager, { leaseId, leaseMs, batchSize }: Turn): Promise<RelayedEvent[]> {
  const locked = await lockFirstEvents(em, { leaseId, limit: batchSize });
  const [first] = locked;
  if (first === undefined) return [];
  const batch = first.hasKilled ? [first] : locked.filter(({ hasKilled }) => !hasKilled);
  const [leased] = await insertLease(em, { leaseId, leaseMs, eventIds: batch.map(({ id }) => id) });
  const ids = new Set(leased?.eventIds);
  return batch.filter(({ id }) => ids.has(id)).map(({ hasKilled: _hasKilled, ...event }) => event);
}
