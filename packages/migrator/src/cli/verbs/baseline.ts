import { Argument, Option } from 'commander';
import { count, list } from '../text.ts';
import { verb } from '../verb.ts';

interface BaselineFlags {
  name: string;
  dryRun?: boolean;
  schema?: string;
}

/** Records everything up to a migration as applied. */
export const baseline = verb<BaselineFlags>({
  name: 'baseline',
  summary: 'record everything up to a migration as applied, without running it',
  argument: new Argument('<name>', 'the last migration whose changes the database has'),
  options: [
    new Option('--dry-run', 'only show what would be recorded'),
    new Option('--schema <name>', 'in the ledger of this schema'),
  ],
  run: async (migrator, { name, ...options }) => {
    const recorded = await migrator.baseline(name, options);
    const verb = options.dryRun === true ? 'Would record' : 'Recorded';
    return {
      json: { recorded },
      text: list(`${verb} ${count(recorded.length, 'migration')} as applied.`, recorded),
    };
  },
});
