import type { Report } from './report.ts';

/**
 * Returns the exit code for a report: 1 if a check could not be evaluated (an error, or a missing privilege), else 3 if
 * a check of severity `error` failed, else 0. Warnings do not change it.
 *
 * @param options `allowSkipped`: accepts checks that were skipped because of a missing privilege; default false
 */
export function exitCode(report: Report, options: { allowSkipped?: boolean } = {}): 0 | 1 | 3 {
  const { error, skipped, errors } = report.totals;
  if (error > 0 || (skipped > 0 && options.allowSkipped !== true)) return 1;
  return errors > 0 ? 3 : 0;
}
