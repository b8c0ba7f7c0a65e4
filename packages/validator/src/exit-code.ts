import type { Report } from './report.ts';

/**
 * Returns the exit code for a report: 1 if a check could not be evaluated (an error, or a missing privilege), else 3 if
 * a check of severity `error` failed, or more checks of severity `warning` than are accepted, else 0.
 *
 * @param options `allowSkipped`: accepts checks that were skipped because of a missing privilege; default false.
 * `maxWarnings`: how many failed checks of severity `warning` are accepted; default: all
 */
export function exitCode(
  report: Report,
  options: { allowSkipped?: boolean; maxWarnings?: number } = {},
): 0 | 1 | 3 {
  const { allowSkipped = false, maxWarnings = Number.POSITIVE_INFINITY } = options;
  const { error, skipped, errors, warnings } = report.totals;
  if (error > 0 || (skipped > 0 && !allowSkipped)) return 1;
  return errors > 0 || warnings > maxWarnings ? 3 : 0;
}
