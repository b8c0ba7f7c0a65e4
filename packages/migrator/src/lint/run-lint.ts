import { UserError } from '@ecommerce-dms/errors';
import type { Finding } from './finding.ts';
import type { LintRunOptions } from './lint-migrations.ts';
import { type LintFormat, lintFormats, reportText } from './reports.ts';

/** What a command that lints is asked. */
export interface RunLintOptions extends LintRunOptions {
  /** Default `text`. */
  format?: LintFormat;
  /** The folder to which paths are relative; the current one unless given. */
  root?: string;
}

/**
 * The verb `lint` of a command.
 *
 * @param lint finds, as `migrator.lint()` does
 * @returns the findings, what to print, and the exit code: 0 without an error, 3 with one
 * @throws UserError `invalid-settings`: there is no such format. Others are those of `lint`.
 */
export async function runLint(
  lint: (options: LintRunOptions) => Promise<Finding[]>,
  { format = 'text', root = process.cwd(), ...options }: RunLintOptions = {},
): Promise<{ findings: Finding[]; output: string; exitCode: 0 | 3 }> {
  if (!lintFormats.includes(format)) {
    throw new UserError('invalid-settings', `There is no format ${format}.`, {
      hint: `The formats are ${lintFormats.join(', ')}.`,
    });
  }
  const findings = await lint(options);
  const exitCode = findings.some(({ severity }) => severity === 'error') ? 3 : 0;
  return { findings, output: reportText(findings, format, root), exitCode };
}
