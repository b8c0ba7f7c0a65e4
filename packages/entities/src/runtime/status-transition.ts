import { defineEntity, p } from '@mikro-orm/core';

const StatusTransitionSchema = defineEntity({
  name: 'StatusTransition',
  tableName: 'status_transition',
  comment: `The legal changes of status. From 'new': a status that a row may begin in.`,
  properties: {
    /** The table whose `status` it is about. */
    machine: p.text().primary(),
    fromStatus: p.text().primary(),
    toStatus: p.text().primary(),
  },
  checks: [
    { name: 'status_transition_check', expression: `from_status <> to_status and to_status <> 'new'` },
  ],
});

/** A legal change of status of a cart, order, reservation, shipment, payment or payment transaction. */
export class StatusTransition extends StatusTransitionSchema.class {}
StatusTransitionSchema.setClass(StatusTransition);
