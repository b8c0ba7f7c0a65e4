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
import type { LoadedEnvironment } from '../config/load-config.ts';
import { describeUnfinishedRun, openDatabase } from '../database/open-database.ts';
import { commandFor } from '../command-for.ts';
import type { StageContext, StageOutcome } from '../stage.ts';
import { unfinishedRunCheck } from './unfinished-run-check.ts';

export interface ValidateResult {
  writer: Report;
  /** Undefined without a reader. */
  reader: Report | undefined;
}

/**
 * Compares writer and reader with the entities, and checks the shop's invariants on both: on the reader at a state
 * no older than the writer's.
 *
 * @throws UserError `seeding-in-progress` while a load is under way: nothing can be decided then
 */
export async function validateDatabase(
  context: StageContext,
  options: { paranoid?: boolean } = {},
): Promise<StageOutcome<ValidateResult>> {
  const { environment, signal, progress } = context;
  const urls = await openDatabase(context, 'look');
  if (urls.unfinishedRun?.isRunning === true) {
    // Its verdict would be about half a load; and a scan holds locks for which the load would wait in vain.
    throw new UserError('seeding-in-progress', describeUnfinishedRun(urls.unfinishedRun, environment), {
      hint: `Wait for it to end, then '${commandFor(environment, 'validate')}' again.`,
    });
  }
  const checks = [
    ...shopChecks(),
    ...catalogChecks(),
    driftCheck(ormOptions({ url: urls.migrator })),
    unfinishedRunCheck(urls.unfinishedRun, environment),
  ];
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
export function refuseFindings(result: ValidateResult, environment: LoadedEnvironment): void {
  const codes = [result.writer, result.reader].map((report) => (report === undefined ? 0 : exitCode(report)));
  if (codes.includes(1)) {
    throw new UserError('checks-not-evaluated', 'Some checks could not be evaluated.', {
      hint: `'${commandFor(environment, 'validate')}' shows which, and why.`,
    });
  }
  if (codes.includes(3)) {
    throw new UserError('checks-failed', 'The database breaks some of its rules.', {
      hint: `'${commandFor(environment, 'validate')}' shows which rows, and the SQL that mends them.`,
      exitCode: 3,
    });
  }
}
