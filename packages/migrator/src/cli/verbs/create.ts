import { Option } from 'commander';
import type { CreatedFile } from '../../create/write-files.ts';
import { migratorCommand } from '../../migrator-command.ts';
import { asUserError } from '../mikro-orm-error.ts';
import { readShadowFlags, shadowFlags, type ShadowFlags } from '../shadow-options.ts';
import { list } from '../text.ts';
import { verb } from '../verb.ts';

interface CreateFlags extends ShadowFlags {
  name?: string;
  path?: string;
  sql?: boolean;
  blank?: boolean;
  initial?: boolean;
  single?: boolean;
  drop?: string[];
  rename?: string[];
  optional?: string[];
  reason?: string;
}

/** What is said of each kind of file. */
const purposes: Record<CreatedFile['phase'], string> = {
  rename: 'renames, which the previous release does not survive',
  values: 'values of enums',
  expand: 'what the previous release does not notice',
  views: 'materialized views, which nobody can read while they are filled',
  indexes: 'indexes, built while others write',
  backfill: 'values for the rows that exist',
  validate: 'what only the new release keeps to: apply it once the previous one no longer runs',
  contract: 'drops: apply it once no release that runs uses them',
  single: 'all of it',
};

/** Writes migrations. */
export const create = verb<CreateFlags>({
  name: 'create',
  summary: 'write migrations that add what the entities have and the migrations lack',
  details:
    'The migrations are run in a throwaway database beside that of the project, and the entities are compared with it. What the migrations have made and the entities no longer name stays, unless --drop or --rename names it.',
  options: [
    new Option('--name <name>', 'the end of the names, after the time'),
    new Option('--path <folder>', 'where to write (default: the folder of the migrations)'),
    new Option('--sql', 'SQL files instead of classes'),
    new Option('--single', 'one file with plain statements, for a project without traffic'),
    new Option('--drop <what...>', 'drop what is left over, such as column:public.item.note').conflicts([
      'blank',
      'initial',
    ]),
    new Option(
      '--rename <what=name...>',
      'rename instead of adding, such as column:public.item.note=remark',
    ).conflicts(['blank', 'initial']),
    new Option(
      '--optional <what...>',
      'let a column that is left over be null, such as column:public.item.note',
    ).conflicts(['blank', 'initial']),
    new Option('--reason <text>', 'why it is dropped or renamed: lint accepts it then'),
    new Option('--blank', 'without statements, to be written by hand'),
    new Option('--initial', 'the first one of a project, with all tables').conflicts(['blank', 'sql']),
    ...shadowFlags,
  ],
  run: async (migrator, { shadowUrl, shadowSql, ...flags }) => {
    const shadow = await readShadowFlags({
      ...(shadowUrl !== undefined && { shadowUrl }),
      ...(shadowSql !== undefined && { shadowSql }),
    });
    const created = await asUserError(migrator.create({ ...flags, ...shadow }));
    const { files, leftovers, required, possibleRenames, ineffective, warnings } = created;
    const open = files.filter(({ isOpen }) => isOpen === true);
    const lines = [
      ...files.map(({ fileName, phase }) => `${fileName}: ${purposes[phase]}`),
      ...open.map(({ fileName }) => `put the value into ${fileName}: it is refused until then`),
      ...warnings.map(({ code, message }) => `${code}: ${message}`),
      ...leftovers.map((each) => `left alone: ${each}`),
      ...required.map(
        (each) =>
          `no row can be without ${each}, which the entities do not write. Unless a trigger fills it, run ${migratorCommand('create', '--optional', each)}`,
      ),
      ...possibleRenames.map(
        (each) =>
          `may be a rename: if so, remove the files that were written, and run ${migratorCommand('create', '--rename', each)}`,
      ),
      ...ineffective.map((sql) => `left out, since it changes nothing: ${sql}`),
    ];
    return {
      json: {
        created: created.fileName === '' ? null : created.fileName,
        files: files.map(({ code: _code, ...file }) => file),
        leftovers,
        required,
        possibleRenames,
        ineffective,
        warnings,
      },
      text: list(
        files.length === 0
          ? 'The migrations have all that the entities have.'
          : `Wrote ${files.length === 1 ? '1 file' : `${files.length} files`}.`,
        lines,
      ),
    };
  },
});
