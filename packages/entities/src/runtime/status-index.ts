import { defineEntity, p } from '@mikro-orm/core';
import { timestamp } from '../columns.ts';

const StatusIndexSchema = defineEntity({
  name: 'StatusIndex',
  tableName: 'status_index',
  comment:
    'Orders by status, pending payment transactions and open carts, by time. Kept by triggers: an index of the table itself would make each change of status write all of its indexes.',
  properties: {
    /** The table whose row it is. */
    machine: p.text().primary(),
    status: p.text().primary(),
    /** When the order was placed or the transaction created, or when the cart expires. */
    at: timestamp().primary(),
    id: p.uuid().primary(),
  },
});

/** A row of another table in a status that is looked for. */
export class StatusIndex extends StatusIndexSchema.class {}
StatusIndexSchema.setClass(StatusIndex);
