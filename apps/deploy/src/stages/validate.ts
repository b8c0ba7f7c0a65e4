import { UserError } from '@ecommerce-dms/errors';
import type { Report } from '@ecommerce-dms/validator';
import { Option } from 'commander';
import { commandFor } from '../command-for.ts';
import { stage } from '../declare-stage.ts';
import { wholeNumber } from '../ui/flag-values.ts';

/** The shop's: others may have schemas of their own in its database. */
const schemas = ['public'];

interface ValidateOptions {
  paranoid?: boolean;
  maxWarnings?: number;
}

/**
 * Compares writer and reader with the entities, and checks the shop's invariants on both: on the reader at a state
 * no older than the writer's.
 *
 * @throws UserError `seeding-in-progress` while a load is under way: nothing can be decided then
 */
export const validate = stage({
  name: 'validate',
  help: 'compare the live database with the entities and check its invariants, on writer and reader',
  details: 'Exit code 3 if there are findings.',
  job: 'database',
  title: 'Validating writer and standby',
  ownFlags: [
    new Option('--paranoid', 'also scan for what the catalog already proves, and trust no index'),
    new Option('--max-warnings <count>', 'how many checks that warn are accepted (default: all)').argParser(
      wholeNumber,
    ),
  ],
  run: async (context, _needs, { paranoid = false, maxWarnings }: ValidateOptions) => {
    const { ormOptions } = await import('@ecommerce-dms/entities');
    const { shopChecks } = await import('@ecommerce-dms/entities/checks');
    const { catalogChecks, driftCheck, validate } = await import('@ecommerce-dms/validator');
    const { describeUnfinishedRun, openDatabase } = await import('../database/open-database.ts');
    const { unfinishedRunCheck } = await import('../database/unfinished-run-check.ts');
    const { environment, signal, progress } = context;
    const urls = await openDatabase(context, 'read');
    if (urls.unfinishedRun?.isRunning === true) {
      // Its verdict would be about half a load; and a scan holds locks for which the load would wait in vain.
      throw new UserError('seeding-in-progress', describeUnfinishedRun(urls.unfinishedRun, environment), {
        hint: `Wait for it to end, then '${commandFor(environment, 'validate')}' again.`,
      });
    }
    const checks = [
      ...shopChecks(),
      ...catalogChecks({ schemas }),
      driftCheck(ormOptions({ url: urls.migrator }), { schemas }),
      unfinishedRunCheck(urls.unfinishedRun, environment),
    ];
    const run = { checks, signal, paranoid };
    progress('writer');
    const writer = await validate({ ...run, url: urls.migrator });
    progress('reader');
    const reader =
      urls.reader === undefined
        ? undefined
        : await validate({ ...run, url: urls.reader, waitForLsn: writer.snapshotLsn });
    const on = reader === undefined ? 'writer' : 'writer and standby';
    return {
      summary: `${writer.checks.length} checks on ${on}: ${totals(given([writer, reader]))}`,
      /** The reader's is undefined without one; of the warnings, how many are accepted. */
      result: { writer, reader, maxWarnings },
    };
  },
  render: async ({ result: { writer, reader } }) => {
    const { renderReport } = await import('@ecommerce-dms/validator');
    const blocks = [`writer\n${renderReport(writer)}`];
    if (reader !== undefined) blocks.push(`reader\n${renderReport(reader)}`);
    return blocks.join('\n\n');
  },
  findings: async ({ result: { writer, reader, maxWarnings } }) => {
    const { exitCode } = await import('@ecommerce-dms/validator');
    const codes = given([writer, reader]).map((report) => exitCode(report, { maxWarnings }));
    if (codes.includes(1))
      return new UserError('checks-not-evaluated', 'Some checks could not be evaluated.');
    if (codes.includes(3)) return new UserError('checks-failed', 'The database breaks some of its rules.');
    return undefined;
  },
});

function given(reports: readonly (Report | undefined)[]): Report[] {
  return reports.filter((report) => report !== undefined);
}

function totals(reports: readonly Report[]): string {
  const sum = (name: keyof Report['totals']): number =>
    reports.reduce((total, report) => total + report.totals[name], 0);
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
