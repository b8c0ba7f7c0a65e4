import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { createdAt, timestamp } from '../columns.ts';
import { trigger } from '../triggers.ts';

/** How long a key is kept by default; as the column's default has it. */
export const keyLifetimeMs = 7 * 86_400_000;

const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  comment:
    'One row a request: the same key with another request_hash (SHA-256) is an error, with the same one a repetition.',
  properties: {
    scope: p.text().primary(),
    key: p.text().primary(),
    requestHash: p.blob(),
    /** The response to the first request; null while it runs. */
    response: p.json<object>().nullable(),
    createdAt,
    expiresAt: timestamp().defaultRaw(`(now() + '7 days'::interval)`),
  },
  indexes: [{ name: 'idempotency_key_expires_at_index', properties: ['expiresAt'] }],
  checks: [
    lengthCheck('idempotency_key', { scope: maxLength.line, key: maxLength.line }, { response: 4_194_304 }),
    { name: 'idempotency_key_request_hash_check', expression: 'octet_length(request_hash) = 32' },
  ],
  triggers: [
    trigger('idempotency_key', 'answered', {
      timing: 'after',
      events: ['update'],
      columns: ['response'],
      when: 'old.response is not null',
      execute: 'keep_answer',
    }),
  ],
});

/** The key of a request that takes effect once, however often it is sent. */
export class IdempotencyKey extends IdempotencyKeySchema.class {}
IdempotencyKeySchema.setClass(IdempotencyKey);
