import { Option } from 'commander';
import { table } from '../text.ts';
import { verb } from '../verb.ts';

/** Shows the state of every migration. */
export const info = verb<{ schema?: string }>({
  name: 'info',
  summary: 'show the state of every migration; changes nothing',
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
    return { json: statuses, text };
  },
});
