import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { jsonObject, timestamp } from '../columns.ts';

const AuditLogSchema = defineEntity({
  name: 'AuditLog',
  tableName: 'audit_log',
  comment: 'Who did what to which row. No personal data in detail: an erased customer must not live on here.',
  properties: {
    occurredAt: timestamp().primary().defaultRaw('now()'),
    id: p.bigint().primary().generated('by default as identity'),
    /** Whom the application names, or else the database user. */
    actor: p.text().defaultRaw('session_user'),
    databaseUser: p
      .text()
      .nullable()
      .defaultRaw('session_user')
      .comment(
        'Who was logged in; null: an entry of before there was this column. The actor is what the application says.',
      ),
    action: p.text(),
    entity: p.text(),
    entityId: p.text().nullable(),
    detail: jsonObject(),
  },
  checks: [
    lengthCheck(
      'audit_log',
      { actor: maxLength.line, action: maxLength.line, entity: maxLength.line, entity_id: maxLength.line },
      { detail: 1_048_576 },
    ),
  ],
});

/** Who did what to which row. Partitioned by month; `rotate_audit_log()` adds partitions and drops old ones. */
export class AuditLog extends AuditLogSchema.class {}
AuditLogSchema.setClass(AuditLog);
