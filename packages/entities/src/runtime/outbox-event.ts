import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { trigger } from '../triggers.ts';
import { createdAt, jsonObject, ledgerId, timestamp } from '../columns.ts';

const OutboxEventSchema = defineEntity({
  name: 'OutboxEvent',
  tableName: 'outbox_event',
  properties: {
    id: ledgerId,
    /** `order.placed`, `payment.captured`... */
    topic: p.text(),
    /** Events of one aggregate are published in the order of their ids. */
    aggregateId: p.uuid(),
    payload: jsonObject(),
    attempts: p.integer().default(0),
    lastError: p.text().nullable(),
    createdAt,
    publishedAt: timestamp().nullable(),
    retryAt: timestamp()
      .nullable()
      .comment('Not before then is an event published whose last attempt failed.'),
    setAsideAt: timestamp()
      .nullable()
      .comment(
        'Since then no relay tries it, and it holds up its aggregate. With published_at: it was skipped.',
      ),
    leaseLapsed: p
      .boolean()
      .default(false)
      .comment(
        'Whether the last relay that leased it was killed, or stopped for longer than the lease: it is then leased alone.',
      ),
  },
  uniques: [
    {
      name: 'outbox_event_order_placed_unique',
      properties: ['aggregateId'],
      where: `topic = 'order.placed'`,
    },
  ],
  indexes: [
    {
      name: 'outbox_event_unpublished_index',
      properties: ['id'],
      where: 'published_at is null and set_aside_at is null and retry_at is null',
    },
    {
      name: 'outbox_event_retry_index',
      properties: ['retryAt'],
      where: 'published_at is null and set_aside_at is null and retry_at is not null',
    },
    {
      name: 'outbox_event_aggregate_index',
      properties: ['aggregateId', 'id'],
      where: 'published_at is null',
    },
    {
      name: 'outbox_event_set_aside_index',
      properties: ['id'],
      where: 'set_aside_at is not null and published_at is null',
    },
  ],
  checks: [
    lengthCheck(
      'outbox_event',
      { topic: maxLength.line, last_error: maxLength.error },
      { payload: 4_194_304 },
    ),
    { name: 'outbox_event_topic_check', expression: `topic ~ '^[a-z_]+[.][a-z_]+$'` },
    { name: 'outbox_event_attempts_check', expression: 'attempts >= 0' },
  ],
  triggers: [
    trigger('outbox_event', 'unpublished', {
      timing: 'before',
      events: ['delete'],
      when: 'old.published_at is null',
      execute: 'keep_unpublished_event',
    }),
  ],
});

/** What happened, written in the transaction in which it happened, and published afterwards. */
export class OutboxEvent extends OutboxEventSchema.class {}
OutboxEventSchema.setClass(OutboxEvent);
