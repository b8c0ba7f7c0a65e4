import { readFileSync } from 'node:fs';
import { addVerbs } from '@ecommerce-dms/migrator/cli';
import { Argument, Command, Option } from 'commander';
import { deploy, type Pipeline, up } from './pipelines.ts';
import type { CommonOptions } from './run/run-context.ts';
import type { Flags, Stage } from './stage.ts';
import { migrate } from './stages/migrate.ts';
import { wholeNumber } from './ui/flag-values.ts';

// Every command is imported when it is called: `dms --help` loads nothing but commander and the stages' declarations.

/** The `dms` command line: names, flags and help; the work is in `stages/` and `commands/`. */
export function buildProgram(): Command {
  const program = new Command('dms')
    .description("Takes a shop's PostgreSQL database from nothing to running, migrated, filled and checked.")
    .version(version())
    .showHelpAfterError("(run 'dms --help' or 'dms COMMAND --help')")
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 usage or settings, 3 findings.');

  addLocalCommands(program);
  addAwsCommands(program);
  addViews(program);
  program.commandsGroup('Stages of up and deploy:');
  for (const stage of new Set([...deploy.stages, ...up.stages])) {
    if (stage.help === undefined) continue;
    const added = stageCommand(program, stage, stage.help);
    if (stage === migrate) addMigratorVerbs(added);
  }
  return program;
}

function addLocalCommands(program: Command): void {
  const names = namesOf(up).join(', ');
  pipelineCommand(program, up, 'up', `take the local environment through its stages: ${names}`)
    .option('--worker', 'keep a worker running beside it, until dms down')
    .action(async (options) => (await import('./commands/up.ts')).up(options));
  command(program, 'down', 'stop the local environment; its data is kept')
    .option('--purge', 'delete the data too')
    .action(async (options) => (await import('./commands/down.ts')).down(options));
  command(
    program,
    'worker',
    'publish events and maintain the shop, until it is interrupted',
    'Any number may run: one leads. What it does is told on stdout, with --json a document a line.',
  )
    .option(
      '--port <n>',
      'where /healthz and /readyz answer; 0 for a free one (default: nowhere)',
      wholeNumber,
    )
    .option('--host <address>', 'the address of that port (default: 127.0.0.1)')
    .addOption(new Option('--attached').hideHelp())
    .action(async (options) => (await import('./commands/worker.ts')).worker(options));
  command(
    program,
    'drill',
    'rehearse rushes, kills and a crash on the local servers, and report what was lost',
  )
    .addArgument(new Argument('<what>', 'what to rehearse').choices(['concurrency']))
    .option('--clients <n>', 'clients at once for the last units and coupons', wholeNumber, 60)
    .option('--operations <n>', 'operations of the mixed load', wholeNumber, 5000)
    .option(
      '--seed <n>',
      "of the mixed load's choices, to make them again (default: another each time)",
      wholeNumber,
    )
    .action(async (what, options) => (await import('./commands/drill.ts')).drill(what, options));
}

function addAwsCommands(program: Command): void {
  const names = namesOf(deploy);
  pipelineCommand(
    program,
    deploy,
    'deploy',
    `take an environment on AWS through its stages: ${names.join(', ')}`,
  )
    .addOption(new Option('--from <stage>', 'begin with this stage').choices(names))
    .addOption(new Option('--to <stage>', 'end with this stage').choices(names))
    .addOption(new Option('--only <stage>', 'run this stage alone').choices(names).conflicts(['from', 'to']))
    .action(async (options) => (await import('./commands/deploy.ts')).deploy(options));
  command(program, 'destroy', 'destroy an environment on AWS, then prove that nothing billable is left')
    .option('--confirm <environment>', "the environment's name, instead of the question")
    .option('--remove-deletion-protection', 'destroy databases that are protected against it')
    .option('--no-final-snapshot', 'keep nothing of the data')
    .option('--wait <seconds>', 'how long what AWS is still deleting may take', wholeNumber, 120)
    .action(async (options) => (await import('./commands/destroy.ts')).destroy(options));
  command(program, 'bootstrap', "make the remote state's bucket, and roles for a pipeline on GitHub")
    .option('--repository <org/repo>', 'the GitHub repository whose workflows deploy (default: no roles)')
    .option('--yes', 'do not ask')
    .action(async (options) => (await import('./commands/bootstrap.ts')).bootstrap(options));
  command(
    program,
    'prices',
    "bring dms.prices.json to AWS's prices of today, for all regions of the stack",
    'dms cost then uses them. What AWS does not list is written into the file by hand.',
  )
    .addArgument(new Argument('<what>', 'what to do').choices(['refresh']))
    .action(async (what, options) => (await import('./commands/prices.ts')).prices(what, options));
}

/** Commands that show what there is. */
function addViews(program: Command): void {
  command(
    program,
    'status',
    'show endpoints, versions, replication, pending migrations, alarms, last runs',
  ).action(async (options) => (await import('./commands/status.ts')).status(options));
  command(program, 'urls', 'print the connection strings, with their passwords')
    .addArgument(new Argument('[role]', 'only this one').choices(['writer', 'reader', 'migrator']))
    .action(async (role, options) => (await import('./commands/urls.ts')).urls(role, options));
  program
    .command('diagram')
    .description('Write the ER diagram, and the architecture of each environment on AWS, into docs/diagrams.')
    .summary('write the diagrams of the schema and of each environment on AWS')
    .option('--check', 'only check whether they are up to date')
    .option('--json', 'print the result as one JSON document')
    .action(async (options) => (await import('./commands/diagram.ts')).diagram(options));
}

function namesOf({ stages }: Pipeline): string[] {
  return stages.map(({ name }) => name);
}

/** @param details what its own help says beside its summary, as sentences */
function command(program: Command, name: string, summary: string, details = ''): Command {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return program
    .command(name)
    .summary(summary)
    .description(`${sentence} ${details}`.trimEnd())
    .option('--env <name>', 'environment in dms.config.ts', 'local')
    .option('--json', 'print the result as one JSON document');
}

function pipelineCommand(program: Command, { stages }: Pipeline, name: string, summary: string): Command {
  const flags = stages.flatMap((stage) => [...(stage.flags ?? []), ...(stage.pipelineFlags ?? [])]);
  return withFlags(command(program, name, summary), flags);
}

/** `dms migrate VERB`: what the migrator's own command has, on the environment's database. */
function addMigratorVerbs(parent: Command): void {
  const shared = () => [new Option('--env <name>', 'environment in dms.config.ts').default('local')];
  addVerbs<CommonOptions & Flags>(parent, shared, async (verb, values, options) => {
    const { migrateVerb } = await import('./stages/migrate-verb.ts');
    // Not the modes of the stage: a flag of that name is the verb's own here.
    await (await import('./run/run-alone.ts')).runAlone(migrateVerb(verb, values), options);
  });
}

function stageCommand(program: Command, stage: Stage, help: string): Command {
  const { name, details, argument, flags = [], ownFlags = [] } = stage;
  const added = withFlags(command(program, name, help, details), [...flags, ...ownFlags]);
  if (argument !== undefined) added.addArgument(argument);
  added.action(async () => {
    const [value] = added.processedArgs as unknown[];
    const options = { ...added.opts<CommonOptions & Flags>(), ...(argument && { [argument.name()]: value }) };
    await (await import('./run/run-alone.ts')).runAlone(stage, options);
  });
  return added;
}

function withFlags(command: Command, flags: readonly Option[]): Command {
  for (const flag of flags) command.addOption(flag);
  return command;
}

/** Of this package. */
function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
