import { Argument, Option } from 'commander';
import type { BackfillStatus } from '../../backfill/backfill-status.ts';
import type { BackfillOptions } from '../../backfill/options.ts';
import { ms, wholeNumber } from '../run-options.ts';
import { table } from '../text.ts';
import { verb } from '../verb.ts';

interface BackfillFlags extends Omit<BackfillOptions, 'signal' | 'onProgress' | 'batchSize'> {
  name?: string;
  list?: boolean;
  batch?: number;
}

/** Runs backfills, or shows them. */
export const backfill = verb<BackfillFlags>({
  name: 'backfill',
  summary: 'run the UPDATE or DELETE of backfills/NAME.sql in batches, or go on with it',
  details:
    'Without a name it runs all that are not finished. An interrupt stops it after a batch; run it again to go on.',
  argument: new Argument('[name]', 'the one to run'),
  options: [
    new Option('--list', 'only show the state of every backfill'),
    wholeNumber('--batch <rows>', 'with how many rows the batches begin (default: 1000)', 'rows'),
    ms('target-ms', 'how long a batch is to take: it gets as many rows as take that (default: 100)'),
    ms('pause-ms', 'between two batches (default: 20)'),
    ms('max-lag-ms', 'wait while a standby is further behind than this (default: 5000; 0: any lag)'),
    wholeNumber(
      '--max-active <sessions>',
      'wait while more sessions of others are active (default: half of max_connections; 0: any number)',
      'sessions',
    ),
    wholeNumber(
      '--max-passes <number>',
      'through the table, until one finds nothing to do (default: 5)',
      'passes',
    ),
    ms('lock-timeout-ms', 'how long to wait for another process that runs it (default: 5000)'),
    new Option('--restart', 'begin anew, also when it was changed or is finished'),
  ],
  run: async (migrator, { name, list = false, batch, ...flags }, { signal, progress }) => {
    if (list) {
      const backfills = await migrator.backfills();
      return { json: { backfills }, text: backfillTable(backfills) };
    }
    const finished = await migrator.backfill(name, {
      ...flags,
      ...(batch !== undefined && { batchSize: batch }),
      signal,
      onProgress: progress,
    });
    const lines = finished.map((result) => {
      const state = result.wasFinished ? 'was finished already' : 'is finished';
      return `${result.name} ${state}: ${result.rowsChanged.toLocaleString('en')} rows of ${result.table} changed, nothing left in pass ${result.passes}.`;
    });
    return { json: { finished }, text: lines.length === 0 ? 'No backfill was open.' : lines.join('\n') };
  },
});

/** Backfills for people. */
export function backfillTable(backfills: readonly BackfillStatus[]): string {
  if (backfills.length === 0) return 'There is no backfill.';
  const rows = backfills.map(({ name, state, percent, rowsChanged, startedAt, finishedAt, problem }) => [
    percent === undefined ? state : `${state} ${percent} %`,
    name,
    rowsChanged?.toLocaleString('en') ?? '',
    startedAt?.toISOString() ?? '',
    finishedAt?.toISOString() ?? problem ?? '',
  ]);
  return table([['state', 'backfill', 'rows changed', 'begun at', 'finished at'], ...rows]);
}
