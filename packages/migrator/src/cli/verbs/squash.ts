import { Argument } from 'commander';
import { asUserError } from '../mikro-orm-error.ts';
import { verb } from '../verb.ts';

/** Merges applied migrations. */
export const squash = verb<{ names: string[] }>({
  name: 'squash',
  summary: 'merge applied migrations into one file and one record',
  argument: new Argument('[names...]', 'those to merge (default: all that are applied)'),
  run: async (migrator, { names }) => {
    const { fileName } = await asUserError(migrator.rollup(names.length > 0 ? names : undefined));
    return {
      json: { created: fileName },
      text: `Wrote ${fileName}. The files that it replaces stay until every database has recorded it.`,
    };
  },
});
