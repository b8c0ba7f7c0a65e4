import { Option } from 'commander';
import { asUserError } from '../mikro-orm-error.ts';
import { list } from '../text.ts';
import { verb } from '../verb.ts';

interface CreateFlags {
  name?: string;
  path?: string;
  blank?: boolean;
  initial?: boolean;
}

/** Writes a migration. */
export const create = verb<CreateFlags>({
  name: 'create',
  summary: 'write a migration that adds what the entities have and the database lacks',
  options: [
    new Option('--name <name>', 'the end of its name, after the time'),
    new Option('--path <folder>', 'where to write it (default: the folder of the migrations)'),
    new Option('--blank', 'without statements, to be written by hand'),
    new Option('--initial', 'the first one of a project, with all tables').conflicts('blank'),
  ],
  run: async (migrator, { name, path, blank = false, initial = false }) => {
    const { fileName, diff, unmanaged = [] } = await asUserError(migrator.create(path, blank, initial, name));
    if (fileName === '')
      return { json: { created: null, unmanaged }, text: 'The database has all that the entities have.' };
    return {
      json: { created: fileName, statements: diff.up, unmanaged },
      text: list(
        `Wrote ${fileName}.`,
        unmanaged.map((each) => `left alone: ${each}`),
      ),
    };
  },
});
