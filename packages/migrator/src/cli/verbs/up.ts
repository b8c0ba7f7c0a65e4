import { Option } from 'commander';
import { type RunFlags, repeatable, runOptions } from '../run-options.ts';
import { count, list } from '../text.ts';
import { verb } from '../verb.ts';

interface UpFlags extends RunFlags {
  to?: string;
  only?: string[];
  allowOutOfOrder?: boolean;
  runBackfills?: boolean;
  schema?: string;
}

/** Applies pending migrations. */
export const up = verb<UpFlags>({
  name: 'up',
  summary: 'apply the pending migrations, and resume a half-applied one',
  options: [
    new Option('--to <name>', 'the last one to apply (default: all)'),
    repeatable('--only <name>', 'apply this one; may be repeated').conflicts('to'),
    new Option('--allow-out-of-order', 'accept those whose names sort before an applied one'),
    new Option(
      '--run-backfills',
      'run the backfills that migrations require, however long that takes (default: only in a new database)',
    ),
    new Option('--schema <name>', 'apply them in this schema'),
    ...runOptions,
  ],
  run: async (migrator, { to, only, ...flags }, { signal, progress }) => {
    migrator.on('migrating', ({ name }) => progress(`applying ${name}`));
    const options = { ...flags, signal, ...(to !== undefined && { to }), ...(only && { migrations: only }) };
    const applied = (await migrator.up(options)).map(({ name }) => name);
    const text =
      applied.length === 0
        ? 'No migration was pending.'
        : list(`Applied ${count(applied.length, 'migration')}:`, applied);
    return { json: { applied }, text };
  },
});
