import { type Catalog, catalogFaultsError } from '@ecommerce-dms/entities/catalog-import';
import { isUserError } from '@ecommerce-dms/errors';
import { clusterStatus, stopCluster } from '@ecommerce-dms/local-rds';
import type { LocalEnvironment } from '../config/schema.ts';
import { withEnvironmentLock } from '../local/environment-lock.ts';
import { clusterDirectory, openLocalDatabase } from '../local/local-database.ts';
import { withStandbysWatched } from '../local/watch-standbys.ts';
import { requireLocal } from '../local/require-local.ts';
import { type RunContext, type StageContext, stageStep } from '../stage.ts';
import { evaluateAlarms } from '../stages/alarms.ts';
import { costOfStack } from '../stages/cost.ts';
import { importProducts, readProducts } from '../stages/import.ts';
import { migrateDatabase } from '../stages/migrate.ts';
import { judgeStack } from '../stages/policy.ts';
import { seedDatabase } from '../stages/seed.ts';
import { startLocal } from '../stages/start.ts';
import { synthesizeStack } from '../stages/synth.ts';
import { refuseFindings, validateDatabase } from '../stages/validate.ts';
import { printResult } from '../ui/print-result.ts';
import { isShownToUser } from '../ui/redact-output.ts';
import { runSteps, type Step } from '../ui/steps.ts';
import { renderUp, type UpOutcomes } from './render-up.ts';
import { type CommonOptions, runContext } from './run-stage.ts';

/** Flags of `dms up`. */
export interface UpOptions extends CommonOptions {
  orders?: number;
  seed?: number;
  catalog?: string;
  skipInvalid?: boolean;
  port?: number;
}

const COST_HOURS = 3;

/** `dms up`: a running, migrated, filled and checked database, and the same environment on AWS. */
export async function up(options: UpOptions): Promise<void> {
  const startedAt = performance.now();
  const context = await runContext(options);
  const settings = requireLocal(context.environment, 'up');
  // Before anything is started: a catalog that cannot be read is no reason for a running server.
  const catalog = await readProducts(context.environment, options.catalog);
  if (catalog.faults.length > 0 && options.skipInvalid !== true)
    throw catalogFaultsError(catalog.file, catalog.faults);

  const done = await withEnvironmentLock(context, () => runUp({ context, settings, options, catalog }));
  const seconds = (performance.now() - startedAt) / 1000;
  const urls = await openLocalDatabase(context.environment);
  // What is piped is kept, in a log or a file.
  const withPasswords = options.json !== true && isShownToUser();
  const results = Object.fromEntries(Object.entries(done).map(([name, { result }]) => [name, result]));
  printResult(
    {
      json: {
        environment: options.env,
        seconds,
        urls: { writer: urls.app, reader: urls.readonly, migrator: urls.migrator },
        stages: results,
      },
      text: renderUp(done, { environment: context.environment, urls, seconds, withPasswords }),
    },
    options.json === true,
    { withPasswords },
  );
}

interface UpPlan {
  context: RunContext;
  settings: LocalEnvironment;
  options: UpOptions;
  catalog: Catalog;
}

async function runUp(plan: UpPlan): Promise<UpOutcomes> {
  const { context } = plan;
  const outcomes: Partial<UpOutcomes> = {};
  const wasRunning = await isRunning(context);
  try {
    await withStandbysWatched(
      context,
      () => outcomes.start !== undefined,
      (watched) => runSteps(upSteps({ ...plan, context: watched }, outcomes)),
    );
    return outcomes as UpOutcomes;
  } catch (error) {
    // What this command started it stops again, unless the database is needed for what the failure asks for.
    if (!wasRunning && !needsDatabase(error)) await stopCluster(clusterDirectory(context.environment));
    throw error;
  }
}

/** @param outcomes each step leaves its outcome here */
function upSteps({ context, settings, options, catalog }: UpPlan, outcomes: Partial<UpOutcomes>): Step[] {
  const step = <Name extends keyof UpOutcomes>(
    name: Name,
    title: string,
    run: (context: StageContext) => UpOutcomes[Name] | Promise<UpOutcomes[Name]>,
  ): Step =>
    stageStep(name, title, context, {
      run: async (stage) => run(stage),
      handOn: (outcome) => {
        outcomes[name] = outcome;
      },
    });
  const stack = () => outcomes.synth?.json ?? {};
  const { port = settings.port } = options;
  return [
    step('start', 'Starting PostgreSQL', (stage) => startLocal(stage, { port, standbys: settings.standbys })),
    step('migrate', 'Migrating the database', migrateDatabase),
    step('import', 'Importing the catalog', (stage) => importProducts(stage, catalog, options)),
    step('seed', 'Generating data', (stage) =>
      seedDatabase(stage, {
        orders: options.orders ?? settings.orders,
        seed: options.seed ?? settings.seed,
        keepExisting: true,
      }),
    ),
    step('validate', 'Validating writer and standby', async (stage) => {
      const outcome = await validateDatabase(stage);
      refuseFindings(outcome.result, context.environment);
      return outcome;
    }),
    step('alarms', 'Evaluating the alarms', evaluateAlarms),
    step('synth', 'Synthesizing the AWS stack', synthesizeStack),
    step('policy', 'Checking its policy', () => judgeStack(stack())),
    step('cost', 'Estimating its cost', () =>
      costOfStack(context.environment, stack(), { hours: COST_HOURS }),
    ),
  ];
}

/** Failures whose hints are about the running database, beside those with findings. */
const needDatabase = new Set([
  'migrations-refused',
  'checks-not-evaluated',
  'rows-of-others',
  'rows-break-constraint',
  'tables-changed',
  'not-restored',
]);

function needsDatabase(error: unknown): boolean {
  if (!isUserError(error)) return false;
  return error.exitCode === 3 || needDatabase.has(error.code);
}

async function isRunning({ environment }: RunContext): Promise<boolean> {
  const status = await clusterStatus(clusterDirectory(environment)).catch(() => undefined);
  return status?.nodes.some(({ running }) => running) === true;
}
