import type { TriggerDef } from '@mikro-orm/core';

// Their DDL is here for MikroORM's diff, which finds a trigger of ours that is missing or a foreign one by name.

/** Sets `updated_at` on every update. */
export function updatedAtTrigger(table: string): TriggerDef {
  return trigger(table, 'updated_at', 'before update', 'for each row execute function set_updated_at()');
}

/** Refuses a status that a row may not begin in, or not change to (table `status_transition`). */
export function statusTransitionTrigger(table: string): TriggerDef {
  return trigger(
    table,
    'status_transition',
    'before insert or update of status',
    'for each row execute function check_status_transition()',
  );
}

/** Refuses every update, delete and truncate. */
export function appendOnlyTrigger(table: string): TriggerDef {
  return trigger(
    table,
    'append_only',
    'before update or delete or truncate',
    'execute function refuse_change()',
  );
}

/** Refuses a row of an erased customer. */
export function notErasedTrigger(
  table: string,
  when = 'before insert or update of customer_id',
  condition = '',
): TriggerDef {
  return trigger(
    table,
    'customer_not_erased',
    when,
    `for each row ${condition}execute function refuse_erased_customer()`,
  );
}

/** Refuses amounts of a payment that are not the sums of its transactions, as the transaction commits. */
export function paymentSumsTrigger(table: string, when: string): TriggerDef {
  return trigger(
    table,
    'sums',
    when,
    'deferrable initially deferred for each row execute function check_payment_sums()',
    'constraint trigger',
  );
}

/** A trigger named `<table>_<purpose>`; `when` is its timing with its events. */
export function trigger(
  table: string,
  purpose: string,
  when: string,
  action: string,
  kind: 'trigger' | 'constraint trigger' = 'trigger',
): TriggerDef {
  const [timing, ...rest] = when.split(' ');
  const events = rest.filter((word) =>
    /^(insert|update|delete|truncate)$/.test(word),
  ) as TriggerDef['events'];
  return {
    name: `${table}_${purpose}`,
    timing: timing as TriggerDef['timing'],
    events,
    forEach: action.includes('for each row') ? 'row' : 'statement',
    expression: `create ${kind} ${table}_${purpose} ${when} on ${table} ${action}`,
  };
}
