import { ormOptions } from '@ecommerce-dms/entities';
import { shopChecks } from '@ecommerce-dms/entities/checks';
import { UserError } from '@ecommerce-dms/errors';
import {
  catalogChecks,
  driftCheck,
  exitCode,
  renderReport,
  type Report,
  validate,
} from '@ecommerce-dms/validator';
import { databaseUrls } from '../database/database-urls.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface ValidateResult {
  writer: Report;
  /** Undefined without a reader. */
  reader: Report | undefined;
}

/**
 * Compares writer and reader with the entities, and checks the shop's invariants on both: on the reader at a state
 * no older than the writer's.
 */
export async function validateDatabase(
  { environment, signal, progress }: StageContext,
  options: { paranoid?: boolean } = {},
): Promise<StageOutcome<ValidateResult>> {
  const urls = await databaseUrls(environment);
  const checks = [...shopChecks(), ...catalogChecks(), driftCheck(ormOptions({ url: urls.migrator }))];
  const run = { checks, signal, paranoid: options.paranoid ?? false };
  progress('writer');
  const writer = await validate({ ...run, url: urls.migrator });
  progress('reader');
  const reader =
    urls.reader === undefined
      ? undefined
      : await validate({ ...run, url: urls.reader, waitForLsn: writer.snapshotLsn });
  const on = reader === undefined ? 'writer' : 'writer and standby';
  return {
    summary: `${writer.checks.length} checks on ${on}: ${totals([writer, reader])}`,
    result: { writer, reader },
  };
}

function totals(reports: (Report | undefined)[]): string {
  const sum = (name: keyof Report['totals']): number =>
    reports.reduce((total, report) => total + (report?.totals[name] ?? 0), 0);
  const counts = [
    [sum('passed'), 'passed'],
    [sum('proven'), 'proven'],
    [sum('errors'), 'failed'],
    [sum('warnings'), 'warnings'],
    [sum('error'), 'not evaluated'],
    [sum('skipped'), 'skipped'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

/** Both reports as tables. */
export function renderValidation({ writer, reader }: ValidateResult): string {
  const blocks = [`writer\n${renderReport(writer)}`];
  if (reader !== undefined) blocks.push(`reader\n${renderReport(reader)}`);
  return blocks.join('\n\n');
}

/** @throws UserError `checks-failed` (exit code 3) or `checks-not-evaluated` (1) unless every check is a pass */
export function refuseFindings(result: ValidateResult): void {
  const codes = [result.writer, result.reader].map((report) => (report === undefined ? 0 : exitCode(report)));
  if (codes.includes(1)) {
    throw new UserError('checks-not-evaluated', 'Some checks could not be evaluated.', {
      hint: "'dms validate' shows which, and why.",
    });
  }
  if (codes.includes(3)) {
    throw new UserError('checks-failed', 'The database breaks some of its rules.', {
      hint: "'dms validate' shows which rows, and the SQL that mends them.",
      exitCode: 3,
    });
  }
}
