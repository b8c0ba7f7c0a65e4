import { Option } from 'commander';
import { table } from '../text.ts';
import { verb } from '../verb.ts';
import { backfillTable } from './backfill.ts';

/** Shows the state of every migration. */
export const info = verb<{ schema?: string }>({
  name: 'info',
  summary: 'show the state of every migration and backfill; changes nothing',
  isReadOnly: true,
  options: [new Option('--schema <name>', 'in this schema')],
  run: async (migrator, { schema }) => {
    const statuses = await migrator.info(schema === undefined ? {} : { schema });
    const rows = statuses.map(({ name, state, executedAt }) => [
      state,
      name,
      executedAt?.toISOString() ?? '',
    ]);
    const text =
      rows.length === 0 ? 'There is no migration.' : table([['state', 'migration', 'applied at'], ...rows]);
    const backfills = await migrator.backfills();
    return {
      json: [...statuses, ...backfills.map((each) => ({ ...each, kind: 'backfill' }))],
      text: backfills.length === 0 ? text : `${text}\n\n${backfillTable(backfills)}`,
    };
  },
});
