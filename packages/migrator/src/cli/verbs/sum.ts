import { verb } from '../verb.ts';

/** Writes the sum file. */
export const sum = verb<object>({
  name: 'sum',
  summary: 'write migrations.sum: up refuses files that differ from it',
  run: async (migrator) => {
    const file = await migrator.sum();
    return { json: { file }, text: `Wrote ${file}.` };
  },
});
