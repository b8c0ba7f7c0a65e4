import { UserError } from '@ecommerce-dms/errors';
import { Command, Option } from 'commander';
import { commandName, shellWord } from '../migrator-command.ts';
import { toolVersion } from '../tool-version.ts';
import { addVerbs } from './add-verbs.ts';
import type { Environment } from '../project/find-config.ts';
import { inCommands, withErrorsInCommands } from './in-commands.ts';
import type { ProjectOptions } from './project-migrator.ts';
import type { VerbContext } from './verb.ts';
import { verbs } from './verbs.ts';

/** Where a command runs, and where its output goes. */
export interface Surroundings extends Omit<VerbContext, 'project'> {
  folder: string;
  env: Environment;
  /** Writes to stdout. */
  print: (text: string) => void;
}

interface Given extends ProjectOptions, Record<string, unknown> {
  json?: boolean;
}

/** The command line of the package: names, options and help; the work is in `verbs/`. */
export function buildProgram({ folder, env, print, ...context }: Surroundings): Command {
  const program = new Command('dms-migrator')
    .description('Migrations of a MikroORM project on PostgreSQL.')
    .version(toolVersion())
    .showHelpAfterError(`(run '${commandName} --help' or '${commandName} VERB --help')`)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: (text) => context.progress(text.trimEnd()) })
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 usage or settings, 3 findings.');
  addVerbs<Given>(program, projectOptions, async (verb, values, given) => {
    const commandLine = (words: string): string => `${commandName} ${words}${sameProject(words, given)}`;
    await withErrorsInCommands(commandLine, async () => {
      const { withProjectMigrator } = await import('./project-migrator.ts');
      const { json, text, hasFindings } = await withProjectMigrator(
        folder,
        env,
        given,
        context.progress,
        (migrator) =>
          verb.run(migrator, values, { ...context, project: projectLocation(folder, env, given) }),
      );
      print(`${given.json === true ? JSON.stringify(json, null, 2) : inCommands(text, commandLine)}\n`);
      if (hasFindings === true) {
        throw new UserError('migration-findings', `${verb.name} has found what needs a decision.`);
      }
    });
  });
  return program;
}

function projectLocation(
  folder: string,
  env: Environment,
  { config, context = env['MIKRO_ORM_CONTEXT_NAME'] }: ProjectOptions,
): VerbContext['project'] {
  return {
    folder,
    env,
    ...(config !== undefined && { config }),
    ...(context !== undefined && { contextName: context }),
  };
}

/** The options that lead another command to the same project and schema, as far as it has them. */
function sameProject(words: string, given: Given): string {
  const [named = '', ...rest] = words.split(' ');
  const known = [...projectOptions(), ...(verbs.find(({ name }) => name === named)?.options ?? [])];
  return (['config', 'context', 'schema'] as const)
    .filter((name) => known.some((option) => option.attributeName() === name) && !rest.includes(`--${name}`))
    .flatMap((name) => {
      const value = given[name];
      return typeof value === 'string' ? [` --${name} ${shellWord(value)}`] : [];
    })
    .join('');
}

function projectOptions(): Option[] {
  return [
    new Option(
      '--config <file>',
      "the project's configuration (default: where MikroORM's own command looks)",
    ),
    new Option('--context <name>', 'the name in a configuration that has several'),
    new Option('--url <url>', 'the database (default: that of the configuration, else DATABASE_URL)'),
  ];
}
