import type { EntityManager } from '@mikro-orm/postgresql';

/** An event of the outbox, as its handler gets it. */
export interface RelayedEvent {
  /** Grows with time; for a consumer that drops what it has seen. */
  id: bigint;
  topic: string;
  aggregateId: string;
  payload: Record<string, unknown>;
  createdAt: Date;
  /** How often it was tried before, without success. */
  attempts: number;
}

/** Publishes an event: to a queue, a webhook, a search index... A rejection means that it is to be tried again. */
export type EventHandler = (event: RelayedEvent, signal: AbortSignal | undefined) => Promise<void>;

/** What became of a batch. */
export interface RelayedBatch {
  published: number;
  failed: number;
}

const maxRetryDelayMs = 5 * 60_000;
const maxErrorLength = 2000;

/**
 * Hands a batch of events to the handler, the first unpublished one of each aggregate, all at once. Their rows are
 * locked meanwhile, and other relays skip them: so the events of an aggregate come one after another, and what a
 * killed relay held is free again at once.
 */
export async function relayBatch(
  em: EntityManager,
  options: { handler: EventHandler; batchSize: number; signal: AbortSignal | undefined },
): Promise<RelayedBatch> {
  return await em.transactional(async (em) => {
    const rows = await em.execute<(Omit<RelayedEvent, 'id'> & { id: string })[]>(
      `select id, topic, aggregate_id as "aggregateId", payload, created_at as "createdAt", attempts
       from outbox_event event
       where published_at is null and (retry_at is null or retry_at <= now())
         and not exists (select from outbox_event earlier
                         where earlier.aggregate_id = event.aggregate_id and earlier.id < event.id
                           and earlier.published_at is null)
       order by id
       limit ?
       for no key update skip locked`,
      [options.batchSize],
    );
    const outcomes = await Promise.allSettled(
      rows.map((row) => publish(options, { ...row, id: BigInt(row.id), createdAt: new Date(row.createdAt) })),
    );
    const published = rows.filter((_row, index) => outcomes[index]?.status === 'fulfilled');
    const failed = rows.flatMap((row, index) => {
      const outcome = outcomes[index];
      return outcome?.status === 'rejected' ? [{ ...row, error: errorText(outcome.reason) }] : [];
    });
    if (rows.length > 0) await record(em, published, failed);
    return { published: published.length, failed: failed.length };
  });
}

// Async: what a handler throws before its first await is a rejection, too.
async function publish(
  { handler, signal }: { handler: EventHandler; signal: AbortSignal | undefined },
  event: RelayedEvent,
): Promise<void> {
  await handler(event, signal);
}

async function record(
  em: EntityManager,
  published: readonly { id: string }[],
  failed: readonly { id: string; error: string }[],
): Promise<void> {
  await em.execute(
    `with failure as (select * from jsonb_to_recordset(?::jsonb) as r (id bigint, error text))
     update outbox_event event
     set attempts = event.attempts + 1, last_error = coalesce(failure.error, event.last_error),
       published_at = case when failure.id is null then clock_timestamp() end,
       retry_at = case when failure.id is not null
         then clock_timestamp() + make_interval(secs => least(?::float8, 100 * 2 ^ least(event.attempts, 30)) / 1000)
       end
     from unnest(?::bigint[]) as claimed (id) left join failure using (id)
     where event.id = claimed.id`,
    [
      JSON.stringify(failed.map(({ id, error }) => ({ id, error }))),
      maxRetryDelayMs,
      `{${[...published, ...failed].map(({ id }) => id).join(',')}}`,
    ],
  );
}

/** An error in the form of a text that the column takes: PostgreSQL has no NUL. */
function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll('\0', '').slice(0, maxErrorLength);
}
