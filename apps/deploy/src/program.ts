import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { deployStages } from './deploy-stages.ts';

// Every command is imported when it is called: `dms --help` loads nothing but this file and commander.

/** The `dms` command line: names, flags and help; the work is in `commands/`. */
export function buildProgram(): Command {
  const program = new Command('dms')
    .description("Takes a shop's PostgreSQL database from nothing to running, migrated, filled and checked.")
    .showHelpAfterError("(run 'dms --help' or 'dms COMMAND --help')")
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 usage or settings, 3 findings.');

  command(
    program,
    'up',
    'start the local environment: database, migrations, data, checks, alarms, AWS stack, cost',
  )
    .option(
      '--orders <n>',
      'orders to generate into an empty database (default: the setting, 10000)',
      wholeNumber,
    )
    .option(
      '--seed <n>',
      'number that the generated data follows from (default: the setting, 1)',
      wholeNumber,
    )
    .option('--catalog <file>', "products in Shopify's CSV export format (default: the sample catalog)")
    .option('--skip-invalid', 'leave out products whose rows cannot be read, and list them')
    .option('--port <n>', "the writer's port (default: a free one, which is then kept)", port)
    .action(async (options) => (await import('./commands/up.ts')).up(options));
  command(program, 'down', 'stop the local environment; its data is kept')
    .option('--purge', 'delete the data too')
    .action(async (options) => (await import('./commands/down.ts')).down(options));
  command(program, 'status', 'endpoints, versions, replication, pending migrations, alarms').action(
    async (options) => (await import('./commands/status.ts')).status(options),
  );
  command(program, 'urls', 'connection strings, with their passwords')
    .addArgument(new Argument('[role]', 'only this one').choices(['writer', 'reader', 'migrator']))
    .action(async (role, options) => (await import('./commands/urls.ts')).urls(role, options));
  command(program, 'import', 'import a product catalog')
    .argument('<file>', "products in Shopify's CSV export format")
    .option('--skip-invalid', 'leave out products whose rows cannot be read, and list them')
    .action(async (file, options) => (await import('./commands/import.ts')).importFile(file, options));
  command(program, 'roles', "give the database on AWS the roles of the shop's programs").action(
    async (options) => (await import('./commands/roles.ts')).roles(options),
  );
  command(program, 'migrate', 'apply pending migrations')
    .addOption(new Option('--info', 'list the migrations and their states instead').conflicts('dryRun'))
    .option('--dry-run', 'print the statements of pending migrations instead')
    .action(async (options) => (await import('./commands/migrate.ts')).migrate(options));
  command(program, 'seed', 'generate customers, carts, orders and payments')
    .option('--orders <n>', 'orders to generate (default: the setting, 10000)', wholeNumber)
    .option('--seed <n>', 'number that the data follows from (default: the setting, 1)', wholeNumber)
    .option('--allow-production', 'seed an environment of the production preset')
    .option('--allow-non-empty', 'seed a database that has orders already')
    .option('--undo', 'only undo a load that was cut off')
    .addOption(
      new Option(
        '--discard-rows-of-others',
        'undo it even if that deletes rows that others wrote meanwhile',
      ).implies({ undo: true }),
    )
    .action(async (options) => (await import('./commands/seed.ts')).seed(options));
  command(program, 'validate', 'compare the live database with the entities and check its invariants')
    .option('--paranoid', 'also scan for what the catalog already proves')
    .action(async (options) => (await import('./commands/validate.ts')).validate(options));
  command(program, 'alarms', 'evaluate the alarms against the live database').action(async (options) =>
    (await import('./commands/alarms.ts')).alarms(options),
  );
  command(program, 'synth', 'synthesize the AWS stack')
    .option('--explain', 'print how the settings differ from the preset, and the presets from each other')
    .action(async (options) => (await import('./commands/synth.ts')).synth(options));
  command(program, 'policy', 'check the AWS stack against the policy rules').action(async (options) =>
    (await import('./commands/policy.ts')).policy(options),
  );
  command(program, 'cost', 'what the AWS stack costs')
    .option('--hours <n>', 'hours to run it', wholeNumber, 3)
    .addOption(
      new Option('--currency <code>', 'currency of the figures').choices(['USD', 'EUR']).default('USD'),
    )
    .option('--diff', 'what differs from the stack that is applied, for a month')
    .action(async (options) => (await import('./commands/cost.ts')).cost(options));
  command(program, 'plan', 'what Terraform would change on AWS, saved for an apply')
    .option('--confirm <name>', 'a destructive change that is meant; repeat it for more', collect, [])
    .action(async (options) => (await import('./commands/plan.ts')).plan(options));
  command(program, 'apply', 'apply the saved plan, exactly as it is')
    .option('--yes', 'do not ask')
    .action(async (options) => (await import('./commands/apply.ts')).apply(options));
  command(program, 'backup', 'take a snapshot of the database on AWS').action(async (options) =>
    (await import('./commands/backup.ts')).backup(options),
  );
  command(program, 'deploy', 'take an environment on AWS through its stages, from synth to alarms')
    .addOption(new Option('--from <stage>', 'begin with this stage').choices(deployStages))
    .addOption(new Option('--to <stage>', 'end with this stage').choices(deployStages))
    .addOption(
      new Option('--only <stage>', 'run this stage alone').choices(deployStages).conflicts(['from', 'to']),
    )
    .option('--confirm <name>', 'a destructive change that is meant; repeat it for more', collect, [])
    .option('--yes', 'do not ask before the apply')
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
  command(program, 'prices', "bring dms.prices.json to AWS's prices of today")
    .addArgument(new Argument('<what>', 'what to do').choices(['refresh']))
    .action(async (what, options) => (await import('./commands/prices.ts')).prices(what, options));
  command(program, 'drill', 'rehearse a disaster on the local cluster, and tell what was lost')
    .addArgument(new Argument('<what>', 'what to rehearse').choices(['concurrency']))
    .option('--clients <n>', 'clients at once for the last units and coupons', wholeNumber, 60)
    .option('--operations <n>', 'operations of the mixed load', wholeNumber, 5000)
    .action(async (what, options) => (await import('./commands/drill.ts')).drill(what, options));
  program
    .command('diagram')
    .description('write the ER diagram, and the architecture of each environment on AWS, into docs/diagrams')
    .option('--check', 'only tell whether they are up to date')
    .option('--json', 'print the result as one JSON document')
    .action(async (options) => (await import('./commands/diagram.ts')).diagram(options));
  return program;
}

function command(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--env <name>', 'environment in dms.config.ts', 'local')
    .option('--json', 'print the result as one JSON document');
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 to 999999999.');
  return Number(text);
}

function port(text: string): number {
  const value = wholeNumber(text);
  if (value < 1024 || value > 65_535) throw new InvalidArgumentError('It must be a port, 1024 to 65535.');
  return value;
}
