import { Option } from 'commander';
import { type RunFlags, repeatable, runOptions } from '../run-options.ts';
import { count, list } from '../text.ts';
import { verb } from '../verb.ts';

interface DownFlags extends RunFlags {
  to?: string;
  only?: string[];
  schema?: string;
}

/** Reverts migrations. */
export const down = verb<DownFlags>({
  name: 'down',
  summary: 'revert the last applied migration',
  options: [
    new Option('--to <name>', 'revert all that are later than this one; 0 for all'),
    repeatable('--only <name>', 'revert this one; may be repeated').conflicts('to'),
    new Option('--schema <name>', 'revert them in this schema'),
    ...runOptions,
  ],
  run: async (migrator, { to, only, ...flags }, { signal, progress }) => {
    migrator.on('reverting', ({ name }) => progress(`reverting ${name}`));
    const end = to === '0' ? 0 : to;
    const options = {
      ...flags,
      signal,
      ...(end !== undefined && { to: end }),
      ...(only && { migrations: only }),
    };
    const reverted = (await migrator.down(options)).map(({ name }) => name);
    const text =
      reverted.length === 0
        ? 'No migration is applied.'
        : list(`Reverted ${count(reverted.length, 'migration')}:`, reverted);
    return { json: { reverted }, text };
  },
});
