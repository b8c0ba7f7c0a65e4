import { readFile } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { readShadowFlags, type ShadowFlags, shadowFlags } from '../shadow-options.ts';
import { verb } from '../verb.ts';

interface ProveFlags extends ShadowFlags {
  names?: string[];
  all?: boolean;
  rows?: number;
  rowsSql?: string;
  kills?: number;
  cluster?: boolean;
  certify: boolean;
}

/** Runs migrations in a throwaway database: measured, under load, killed and resumed. */
export const prove = verb<ProveFlags>({
  name: 'prove',
  summary: 'measure migrations on a throwaway database, and kill and resume them at every point',
  details:
    'Without names it proves the pending ones. Exit code 3 when one fails or cannot be decided. What is proven is written into migrations.sum, where that exists.',
  argument: new Argument('[names...]', 'the migrations'),
  options: [
    new Option('--all', 'the whole history'),
    new Option('--rows <count>', 'of each table (default: 1000)').argParser(wholeNumber),
    new Option('--rows-sql <file>', 'SQL that makes rows of your own first'),
    new Option('--kills <count>', 'at most, of one migration: a sample (default: 200)').argParser(
      wholeNumber,
    ),
    new Option(
      '--cluster',
      'on a throwaway server of @ecommerce-dms/local-rds, in place of the server of the project',
    ).conflicts('shadowUrl'),
    new Option('--no-certify', 'write nothing into migrations.sum'),
    ...shadowFlags,
  ],
  run: async (migrator, flags, { signal, progress }) => {
    const { names = [], all = false, rows, rowsSql, kills, cluster = false, certify } = flags;
    const { proofText } = await import('../../prove/proof-text.ts');
    const { withThrowawayCluster } = await import('../../prove/throwaway-cluster.ts');
    const options = {
      ...(await readShadowFlags(flags)),
      ...(names.length > 0 && { migrations: names }),
      ...(rowsSql !== undefined && { rowsSql: await readRows(rowsSql) }),
      ...(rows !== undefined && { rows }),
      ...(kills !== undefined && { kills }),
      all,
      certify,
      signal,
      onProgress: progress,
    };
    const result = cluster
      ? await withThrowawayCluster({ signal, onProgress: progress }, (shadowUrl) =>
          migrator.prove({ ...options, shadowUrl }),
        )
      : await migrator.prove(options);
    return {
      json: result,
      text: proofText(result),
      hasFindings: result.migrations.some(({ verdict }) => verdict !== 'proven'),
    };
  },
});

async function readRows(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UserError('invalid-settings', `--rows-sql cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
