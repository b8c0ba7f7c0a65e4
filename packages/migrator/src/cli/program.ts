import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { commandName } from '../migrator-command.ts';
import { addVerbs, type VerbOptions } from './add-verbs.ts';
import type { Environment } from './find-config.ts';
import type { ProjectOptions } from './project-migrator.ts';
import type { VerbContext } from './verb.ts';

/** Where a command runs, and where its output goes. */
export interface Surroundings extends VerbContext {
  folder: string;
  env: Environment;
  /** Writes to stdout. */
  print: (text: string) => void;
}

/** The command line of the package: names, options and help; the work is in `verbs/`. */
export function buildProgram({ folder, env, print, ...context }: Surroundings): Command {
  const program = new Command('dms-migrator')
    .description('Migrations of a MikroORM project on PostgreSQL.')
    .version(version())
    .showHelpAfterError(`(run '${commandName} --help' or '${commandName} VERB --help')`)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: (text) => context.progress(text.trimEnd()) })
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 usage or settings, 3 findings.');
  addVerbs<VerbOptions & ProjectOptions>(program, {
    options: [
      new Option(
        '--config <file>',
        "the project's configuration (default: where MikroORM's own command looks)",
      ),
      new Option('--context <name>', 'the name in a configuration that has several'),
      new Option('--url <url>', 'the database (default: that of the configuration, else DATABASE_URL)'),
    ],
    withMigrator: async (options, use) => {
      const { withProjectMigrator } = await import('./project-migrator.ts');
      return withProjectMigrator(folder, env, options, context.progress, (migrator) =>
        use(migrator, context),
      );
    },
    print: (text) => print(`${text}\n`),
    commandLine: (words, { config }) =>
      `${commandName} ${words}${config === undefined ? '' : ` --config ${config}`}`,
  });
  return program;
}

/** Of this package. */
function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
