import { readFile } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { InvalidArgumentError, Option } from 'commander';
import { repeatable } from '../run-options.ts';
import { readShadowFlags, type ShadowFlags, shadowFlags } from '../shadow-options.ts';
import { verb } from '../verb.ts';

interface CompatFlags extends ShadowFlags {
  previous?: string;
  previousPackage?: string;
  previousConfig?: string;
  previousInstall?: string;
  expandTo?: string;
  rows: number;
  rowsSql?: string;
  except?: string[];
}

/** Tries the previous release on the new schema, and the new one beside it. */
export const compat = verb<CompatFlags>({
  name: 'compat',
  summary:
    'try whether the previous release works while the new migrations are applied, and beside the new one',
  isReadOnly: true,
  details:
    'In a throwaway database: the previous release migrates it, and reads and writes it after each new migration. Exit code 3 when something breaks, or is undecided.',
  options: [
    new Option('--previous <ref>', 'the commit of the previous release: a tag, a branch, a hash').conflicts(
      'previousPackage',
    ),
    new Option(
      '--previous-package <folder>',
      'an installed copy of the previous release: a folder, or a package',
    ),
    new Option(
      '--previous-config <file>',
      'its configuration, in its folder (default: that of --config, or where MikroORM looks)',
    ),
    new Option(
      '--previous-install <command>',
      'what installs its packages (default: those of the working tree are used)',
    ),
    new Option(
      '--expand-to <name>',
      'the last migration that is applied while the previous release still runs (default: all are)',
    ),
    new Option('--rows <number>', 'rows to make in each table').argParser(wholeNumber).default(20),
    new Option('--rows-sql <file>', 'SQL that makes rows first, in the schema of the previous release'),
    repeatable(
      '--except <what>',
      'leave out what no release does: Entity, Entity.property, Entity:operation; * is any; may be repeated',
    ),
    ...shadowFlags,
  ],
  run: async (migrator, flags, { signal, progress, project }) => {
    const { compatibilityText } = await import('../../compat/report-text.ts');
    const { isProven } = await import('../../compat/report.ts');
    const { previous, previousPackage, previousConfig, previousInstall, expandTo, rows, except } = flags;
    const rowsSql = await readRowsSql(flags);
    const report = await migrator.compat({
      ...(await readShadowFlags(flags)),
      project,
      previous: {
        ...(previous !== undefined && { ref: previous }),
        ...(previousPackage !== undefined && { package: previousPackage }),
        ...(previousConfig !== undefined && { config: previousConfig }),
        ...(previousInstall !== undefined && { install: previousInstall }),
      },
      ...(expandTo !== undefined && { expandTo }),
      ...(rowsSql !== undefined && { rowsSql }),
      ...(except !== undefined && { except }),
      rows,
      signal,
      progress,
    });
    return { json: report, text: compatibilityText(report), hasFindings: !isProven(report) };
  },
});

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

async function readRowsSql({ rowsSql }: CompatFlags): Promise<string | undefined> {
  if (rowsSql === undefined) return undefined;
  return readFile(rowsSql, 'utf8').catch((cause: unknown) => {
    throw new UserError('invalid-settings', `--rows-sql cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  });
}
