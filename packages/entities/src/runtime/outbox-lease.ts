import { defineEntity, p } from '@mikro-orm/core';
import { timestamp } from '../columns.ts';

const OutboxLeaseSchema = defineEntity({
  name: 'OutboxLease',
  tableName: 'outbox_lease',
  comment: 'One row for each batch of events that a relay delivers now.',
  properties: {
    id: p.uuid().primary(),
    eventIds: p.array((id) => BigInt(id)).columnType('bigint[]'),
    leasedUntil: timestamp().comment('Until then no other relay takes its events.'),
  },
});

/** The events that a relay is delivering. */
export class OutboxLease extends OutboxLeaseSchema.class {}
OutboxLeaseSchema.setClass(OutboxLease);
