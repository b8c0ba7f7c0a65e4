import { Option } from 'commander';
import { verb } from '../verb.ts';

interface DryRunFlags {
  allowOutOfOrder?: boolean;
  runBackfills?: boolean;
  schema?: string;
}

/** Shows what `up` would send. */
export const dryRun = verb<DryRunFlags>({
  name: 'dry-run',
  summary: 'print the statements that up would send; executes none',
  isReadOnly: true,
  options: [
    new Option('--allow-out-of-order', 'accept those whose names sort before an applied one'),
    new Option('--run-backfills', 'as up with this option'),
    new Option('--schema <name>', 'in this schema'),
  ],
  run: async (migrator, flags) => {
    const pending = await migrator.dryRun(flags);
    const blocks = pending.map(({ name, transactional, statements }) =>
      [
        `-- ${name}${transactional ? '' : ' (outside a transaction)'}`,
        ...statements.map((sql) => `${sql.trim().replace(/;$/, '')};`),
      ].join('\n'),
    );
    return { json: pending, text: blocks.length === 0 ? '-- No migration is pending.' : blocks.join('\n\n') };
  },
});
