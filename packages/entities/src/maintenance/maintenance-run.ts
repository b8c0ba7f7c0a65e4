import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { timestamp } from '../columns.ts';
import { lengthCheck } from '../length-check.ts';

const MaintenanceRunSchema = defineEntity({
  name: 'MaintenanceRun',
  tableName: 'maintenance_run',
  comment: 'One row for each task of maintain(): when it ran last.',
  properties: {
    task: p.text().primary(),
    intervalMs: p.bigint().comment('How often it is to run.'),
    startedAt: timestamp(),
    finishedAt: timestamp().nullable().comment('When it succeeded last; null: never.'),
    affected: p.bigint(),
    error: p.text().nullable().comment('Why the last run failed; null: it succeeded.'),
    removedBefore: timestamp().nullable().comment('Rows that ended before then may have been removed.'),
  },
  checks: [
    lengthCheck('maintenance_run', { task: maxLength.line, error: maxLength.error }),
    { name: 'maintenance_run_interval_ms_check', expression: 'interval_ms > 0' },
    { name: 'maintenance_run_affected_check', expression: 'affected >= 0' },
  ],
});

/** When a task of the maintenance ran last. */
export class MaintenanceRun extends MaintenanceRunSchema.class {}
MaintenanceRunSchema.setClass(MaintenanceRun);
