import { createHash } from 'node:crypto';
import type { Emit, Uuid, Value } from '@ecommerce-dms/seeder';
import { dayMs } from '../seed-context/shop-calendar.ts';
import type { OrderContext, SeedOrder } from './seed-order.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const eventTables = {
  idempotency_key: ['scope', 'key', 'request_hash', 'response', 'created_at', 'expires_at'],
  outbox_event: ['id', 'topic', 'aggregate_id', 'payload', 'attempts', 'created_at', 'published_at'],
  audit_log: ['id', 'occurred_at', 'actor', 'action', 'entity', 'entity_id', 'detail'],
} as const;

/** How many ids of the outbox, and of the audit log, an order may take. */
export const eventStride = 8;
/** Published events other than `order.placed` are deleted after that time. */
const outboxDays = 30;
const idempotencyDays = 7;

/** What the order left in the outbox, all of it published, among the idempotency keys and in the audit log. */
export function emitEvents(order: SeedOrder, emit: Emit<typeof eventTables>, context: OrderContext): void {
  const { id, number, buyer, story, index, draw } = order;
  const { atMs } = context;
  let eventId = context.lastOutboxId + index * eventStride + 1;
  for (const change of story.changes) {
    const topic = change.to === 'pending' ? 'order.placed' : `order.${change.to}`;
    if (change.to !== 'pending' && change.at < atMs - outboxDays * dayMs) continue;
    emit.outbox_event({
      id: eventId++,
      topic,
      aggregate_id: id,
      payload: { number },
      attempts: 1,
      created_at: change.at,
      // Nobody may run a relay on this database: an event that waits would be a finding.
      published_at: Math.min(change.at + draw.int(50, 3000), atMs),
    });
  }

  if (buyer.placedAt > atMs - idempotencyDays * dayMs) {
    emit.idempotency_key({
      scope: 'checkout',
      key: draw.uuid7(buyer.placedAt).toString(),
      request_hash: createHash('sha256').update(buyer.cartId.toString()).digest(),
      response: { orderId: id, number },
      created_at: buyer.placedAt,
      expires_at: buyer.placedAt + idempotencyDays * dayMs,
    });
  }

  let auditId = context.lastAuditId + index * eventStride + 1;
  const audit = (at: number, action: string, entityId: Uuid, detail: { [key: string]: Value }) => {
    if (!context.auditMonths.has(new Date(at).toISOString().slice(0, 7).replace('-', '_'))) return;
    emit.audit_log({
      id: auditId++,
      occurred_at: at,
      actor: 'support',
      action,
      entity: 'sales_order',
      entity_id: entityId.toString(),
      detail,
    });
  };
  if (story.cancelledAt !== undefined && !story.isUnpaid) audit(story.cancelledAt, 'cancel', id, { number });
  const refundedAt = story.returnedAt ?? story.unitReturnedAt;
  if (refundedAt !== undefined) audit(refundedAt, 'refund', id, { number });
}
