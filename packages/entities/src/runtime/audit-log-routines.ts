import { Routine } from '@mikro-orm/core';
import { addAuditLogPartitions, rotateAuditLog } from '../migrations/audit-log-functions.ts';

/** `add_audit_log_partitions(first_at, last_at)`: how many partitions it added. */
export const AddAuditLogPartitions = new Routine({
  name: 'add_audit_log_partitions',
  type: 'function',
  language: 'plpgsql',
  params: { first_at: { type: 'timestamptz' }, last_at: { type: 'timestamptz' } },
  returns: { runtimeType: 'number', columnType: 'integer' },
  ...addAuditLogPartitions,
});

/** `rotate_audit_log(keep_months, ahead_months)`: the names of the partitions that it dropped. */
export const RotateAuditLog = new Routine({
  name: 'rotate_audit_log',
  type: 'function',
  language: 'plpgsql',
  params: { keep_months: { type: 'integer' }, ahead_months: { type: 'integer' } },
  returns: { runtimeType: 'string', columnType: 'SETOF text' },
  ...rotateAuditLog,
});
