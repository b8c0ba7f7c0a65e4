import type { TriggerDef } from '@mikro-orm/core';
import type { StatusMachine } from './status-machine.ts';

// Their DDL is here for MikroORM's diff, which finds a trigger of ours that is missing or a foreign one by name.

type Event = TriggerDef['events'][number];

/** What {@link trigger} takes. */
interface TriggerSettings {
  timing: 'before' | 'after';
  /** In the order of the DDL. */
  events: readonly Event[];
  /** An update counts only where it names one of these columns. Default: every update. */
  columns?: readonly string[];
  /** Default `row`. */
  forEach?: 'row' | 'statement';
  /** Names for the rows that a statement has changed: `old table as before`. */
  referencing?: string;
  /** SQL; of rows only those that meet it. */
  when?: string;
  /** The trigger function. */
  execute: string;
  /** What the function is given. Default none. */
  args?: readonly string[];
  /** Checked as the transaction commits. */
  deferred?: boolean;
}

/** Sets `updated_at` on every update. */
export function updatedAtTrigger(table: string): TriggerDef {
  return trigger(table, 'updated_at', { timing: 'before', events: ['update'], execute: 'set_updated_at' });
}

/** Counts every update in `version`. */
export function versionTrigger(table: string): TriggerDef {
  return trigger(table, 'version', { timing: 'before', events: ['update'], execute: 'count_version' });
}

/** Refuses a status that a row may not begin in, or not change to. */
export function statusTransitionTrigger({ table, transitions }: StatusMachine): TriggerDef {
  return trigger(table, 'status_transition', {
    timing: 'before',
    events: ['insert', 'update'],
    columns: ['status'],
    execute: 'check_status_transition',
    // Without a look at the table: most rows begin in one of these.
    args: transitions.flatMap(({ from, to }) => (from === 'new' ? [to] : [])),
  });
}

/**
 * Keeps the rows of the table in `status_index`, by the time `at`.
 *
 * @param statuses default all
 */
export function statusIndexTrigger(
  { table }: StatusMachine,
  { at, statuses }: { at: string; statuses?: readonly string[] },
): TriggerDef {
  return trigger(table, 'status_index', {
    timing: 'after',
    events: ['insert', 'delete', 'update'],
    columns: ['status', at],
    execute: 'keep_status_index',
    args: statuses,
  });
}

/** Refuses a currency that is not there, without a lock of its row, as a foreign key would take. */
export function currencyTrigger(
  table: string,
  { events = ['insert', 'update'] }: Partial<Pick<TriggerSettings, 'events'>> = {},
): TriggerDef {
  return trigger(table, 'currency', {
    timing: 'before',
    events,
    columns: ['currency_code'],
    execute: 'check_currency',
  });
}

/** Refuses every update, by default of any column, and every delete and truncate. */
export function appendOnlyTrigger(
  table: string,
  { columns }: Pick<TriggerSettings, 'columns'> = {},
): TriggerDef {
  return trigger(table, 'append_only', {
    timing: 'before',
    events: ['update', 'delete', 'truncate'],
    columns,
    forEach: 'statement',
    execute: 'refuse_change',
  });
}

/** Refuses a row of an erased customer, by default whatever else is in it. */
export function notErasedTrigger(
  table: string,
  { columns = ['customer_id'], when }: Pick<TriggerSettings, 'columns' | 'when'> = {},
): TriggerDef {
  return trigger(table, 'customer_not_erased', {
    timing: 'before',
    events: ['insert', 'update'],
    columns,
    when,
    execute: 'refuse_erased_customer',
  });
}

/** Refuses amounts of a payment that are not the sums of its transactions, as the transaction commits. */
export function paymentSumsTrigger(
  table: string,
  changes: Pick<TriggerSettings, 'events' | 'columns'>,
): TriggerDef {
  return trigger(table, 'sums', {
    timing: 'after',
    ...changes,
    execute: 'check_payment_sums',
    deferred: true,
  });
}

/** Refuses rows of an order that another transaction has placed. */
export function placedWithOrderTrigger(table: string, execute: string): TriggerDef {
  return trigger(table, 'placed', {
    timing: 'after',
    events: ['insert'],
    forEach: 'statement',
    referencing: 'new table as added',
    execute,
  });
}

/** A trigger named `<table>_<purpose>`. */
export function trigger(
  table: string,
  purpose: string,
  {
    timing,
    events,
    columns,
    forEach = 'row',
    when,
    referencing,
    execute,
    args = [],
    deferred = false,
  }: TriggerSettings,
): TriggerDef {
  const name = `${table}_${purpose}`;
  const changes = events.map((event) =>
    event === 'update' && columns !== undefined ? `update of ${columns.join(', ')}` : event,
  );
  const ddl = [
    deferred ? 'create constraint trigger' : 'create trigger',
    `${name} ${timing} ${changes.join(' or ')} on ${table}`,
    deferred && 'deferrable initially deferred',
    referencing !== undefined && `referencing ${referencing}`,
    forEach === 'row' && 'for each row',
    referencing !== undefined && 'for each statement',
    when !== undefined && `when (${when})`,
    `execute function ${execute}(${args.map((arg) => `'${arg}'`).join(', ')})`,
  ];
  return { name, timing, events: [...events], forEach, expression: ddl.filter(Boolean).join(' ') };
}
