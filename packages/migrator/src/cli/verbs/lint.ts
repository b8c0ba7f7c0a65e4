import { Option } from 'commander';
import { lintFormats, type LintFormat } from '../../lint/reports.ts';
import { repeatable } from '../run-options.ts';
import { verb } from '../verb.ts';

interface LintFlags {
  all?: boolean;
  database: boolean;
  release?: string[];
  format: LintFormat;
}

/** Judges the statements of migrations. */
export const lint = verb<LintFlags>({
  name: 'lint',
  summary: 'find what stops queries of others, loses data or breaks the previous release',
  details: 'Exit code 3 when there is an error. Without --all it judges the pending migrations.',
  options: [
    new Option('--all', 'judge the whole history, as on an empty database'),
    new Option('--no-database', 'ask the database for nothing but which migrations are pending'),
    repeatable('--release <name>', 'with --all: a release was made after this migration; or: each'),
    new Option('--format <format>', 'of the report').choices(lintFormats).default('text'),
  ],
  run: async (migrator, { all = false, database, release, format }) => {
    const { runLint } = await import('../../lint/run-lint.ts');
    const releases = release?.length === 1 && release[0] === 'each' ? ('each' as const) : release;
    const { findings, output, exitCode } = await runLint((options) => migrator.lint(options), {
      all,
      database,
      format,
      ...(releases && { releases }),
    });
    return { json: { findings }, text: output, hasFindings: exitCode === 3 };
  },
});
