import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { ledgerId, wholeNumber } from '../bounds.ts';
import { parseInput } from '../parse-input.ts';
import { recordAudit } from './audit.ts';
import { eventColumns, eventRow, type RelayedEvent } from './relayed-event.ts';
import { int4, int8, nullable, text, timestamptz } from './sql-type.ts';
import { statement } from './statement.ts';

/** An event that the relays no longer try. */
export interface SetAsideEvent extends RelayedEvent {
  lastError: string | null;
  setAsideAt: Date;
  /** How many later events of its aggregate wait for it. */
  waiting: number;
}

const listing = z.strictObject({
  limit: wholeNumber(1, 1000).default(100),
  /** The last id of the page before. */
  after: ledgerId.optional(),
});

const selectSetAsideEvents = statement({
  params: { after: int8, limit: int8 },
  row: { ...eventRow, lastError: nullable(text), setAsideAt: nullable(timestamptz), waiting: int4 },
  sql: `select ${eventColumns}, last_error as "lastError", set_aside_at as "setAsideAt",
      (select count(*)::int from outbox_event later
       where later.aggregate_id = event.aggregate_id and later.id > event.id and later.published_at is null) as waiting
    from outbox_event event
    where set_aside_at is not null and published_at is null and id > :after
    order by id limit :limit`,
});

/**
 * Lists the events that were set aside and neither replayed nor skipped, oldest first, by default 100 a page.
 *
 * @throws UserError `invalid-input`
 */
export async function listSetAsideEvents(
  em: EntityManager,
  input: z.input<typeof listing> = {},
): Promise<SetAsideEvent[]> {
  const { limit, after = 0n } = parseInput(listing, input);
  const events = await selectSetAsideEvents(em, { after, limit });
  // None is null by the condition, which the types do not know.
  return events.flatMap(({ setAsideAt, ...event }) =>
    setAsideAt === null ? [] : [{ ...event, setAsideAt }],
  );
}

const identity = z.strictObject({ id: ledgerId });

const changeSetAside = (assignments: string) =>
  statement({
    params: { id: int8 },
    row: { topic: text },
    sql: `update outbox_event set ${assignments}
      where id = :id and set_aside_at is not null and published_at is null returning topic`,
  });
const clearAttempts = changeSetAside('attempts = 0, retry_at = null, set_aside_at = null');
const markPublished = changeSetAside('published_at = clock_timestamp()');

/**
 * Returns an event that was set aside to the relays, with all its attempts; call it once the cause is fixed. The
 * later events of its aggregate follow.
 *
 * @throws UserError `invalid-input`, `event-not-set-aside`
 */
export async function replayEvent(em: EntityManager, input: z.input<typeof identity>): Promise<void> {
  const { id } = parseInput(identity, input);
  await change(em, id, 'outbox.replay', clearAttempts);
}

/**
 * Gives up an event that was set aside: no consumer gets it, and the later ones of its aggregate follow. It counts as
 * published, and keeps the time at which it was set aside.
 *
 * @throws UserError `invalid-input`, `event-not-set-aside`
 */
export async function skipEvent(em: EntityManager, input: z.input<typeof identity>): Promise<void> {
  const { id } = parseInput(identity, input);
  await change(em, id, 'outbox.skip', markPublished);
}

async function change(
  em: EntityManager,
  id: bigint,
  action: string,
  update: typeof clearAttempts,
): Promise<void> {
  await em.transactional(async (em) => {
    const [event] = await update(em, { id });
    if (event === undefined) {
      throw new UserError('event-not-set-aside', `No event ${id} is set aside.`, {
        hint: 'listSetAsideEvents() lists those that are.',
      });
    }
    await recordAudit(em, {
      action,
      entity: 'outbox_event',
      entityId: `${id}`,
      detail: { topic: event.topic },
    });
  });
}
