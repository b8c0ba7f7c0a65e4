import { UserError } from '@ecommerce-dms/errors';
import { requireAws } from '../aws/terraform-workspace.ts';
import { commandFor } from '../command-for.ts';
import { type DeployStage, deployStages } from '../deploy-stages.ts';
import { type RunContext, type StageContext, type StageOutcome, stageStep } from '../stage.ts';
import { applyEnvironment } from '../stages/apply.ts';
import { backUpEnvironment } from '../stages/backup.ts';
import { evaluateAlarms } from '../stages/alarms.ts';
import { costOfStack, requireWithinBudget } from '../stages/cost.ts';
import { migrateDatabase } from '../stages/migrate.ts';
import { planEnvironment } from '../stages/plan.ts';
import { provisionEnvironment } from '../stages/roles.ts';
import { judgeStack } from '../stages/policy.ts';
import { seedDatabase } from '../stages/seed.ts';
import { synthesizeStack } from '../stages/synth.ts';
import { refuseFindings, validateDatabase } from '../stages/validate.ts';
import { printResult } from '../ui/print-result.ts';
import { runSteps, type Step } from '../ui/steps.ts';
import { table } from '../ui/table.ts';
import { confirmPlan } from './apply.ts';
import { type CommonOptions, runContext } from './run-stage.ts';

/** Flags of `dms deploy`. */
export interface DeployOptions extends CommonOptions {
  from?: DeployStage;
  to?: DeployStage;
  only?: DeployStage;
  confirm: string[];
  yes?: boolean;
}

const COST_HOURS = 730;

/** `dms deploy`: the stages of an environment on AWS, one after another. Each leaves its result in the state file. */
export async function deploy(options: DeployOptions): Promise<void> {
  const context = await runContext(options);
  const { name, settings } = context.environment;
  requireAws(context.environment, 'deploy');
  const isProduction = settings.aws.preset === 'production';
  const stages = stagesOf(options).filter(
    (stage) => options.only !== undefined || stage !== (isProduction ? 'seed' : 'backup'),
  );
  const outcomes = new Map<DeployStage, StageOutcome<object>>();
  for (const stage of stages) {
    // On a terminal the question comes after the plan has been shown, and before the list of steps goes on.
    if (stage === 'apply' && options.yes !== true) await confirmPlan(context);
    await runSteps([deployStep(stage, context, options, (outcome) => outcomes.set(stage, outcome))]);
  }
  const results = Object.fromEntries([...outcomes].map(([stage, { result }]) => [stage, result]));
  printResult(
    {
      json: { environment: name, stages: results },
      text: table([...outcomes].map(([stage, { summary }]) => [stage, summary])),
    },
    options.json === true,
  );
}

/** @throws UserError `no-stages` when the last one comes before the first */
function stagesOf({ from = 'synth', to = 'alarms', only }: DeployOptions): DeployStage[] {
  if (only !== undefined) return [only];
  const [first, last] = [deployStages.indexOf(from), deployStages.indexOf(to)];
  if (first > last) {
    throw new UserError('no-stages', `'${to}' comes before '${from}': there is nothing between them.`, {
      hint: `The stages are, in order: ${deployStages.join(', ')}.`,
      exitCode: 2,
    });
  }
  return deployStages.slice(first, last + 1);
}

const titles: Readonly<Record<DeployStage, string>> = {
  synth: 'Synthesizing the AWS stack',
  policy: 'Checking its policy',
  cost: 'Estimating its cost for a month',
  plan: 'Planning',
  apply: 'Applying the plan',
  backup: 'Taking a snapshot',
  roles: 'Provisioning the roles',
  migrate: 'Migrating the database',
  seed: 'Generating data',
  validate: 'Validating writer and reader',
  alarms: 'Evaluating the alarms',
};

function deployStep(
  stage: DeployStage,
  context: RunContext,
  options: DeployOptions,
  handOn: (outcome: StageOutcome<object>) => void,
): Step {
  const run = (stageContext: StageContext): Promise<StageOutcome<object>> =>
    runDeployStage(stage, stageContext, options);
  return stageStep(stage, titles[stage], context, { run, handOn });
}

async function runDeployStage(
  stage: DeployStage,
  context: StageContext,
  { confirm }: DeployOptions,
): Promise<StageOutcome<object>> {
  const { orders, seed } = context.environment.settings;
  switch (stage) {
    case 'synth':
      return synthesizeStack(context);
    case 'policy':
      return refuseFindingsOfPolicy(judgeStack((await synthesizeStack(context)).json), context);
    case 'cost': {
      const { json } = await synthesizeStack(context);
      const outcome = await costOfStack(context.environment, json, { hours: COST_HOURS });
      requireWithinBudget(outcome.result, context.environment.name);
      return outcome;
    }
    case 'plan':
      return planEnvironment(context, { confirm });
    case 'apply':
      return applyEnvironment(context);
    case 'backup':
      return backUpEnvironment(context);
    case 'roles':
      return provisionEnvironment(context);
    case 'migrate':
      return migrateDatabase(context);
    case 'seed':
      return seedDatabase(context, { orders, seed, keepExisting: true });
    case 'validate': {
      const outcome = await validateDatabase(context);
      refuseFindings(outcome.result, context.environment);
      return outcome;
    }
    case 'alarms':
      return evaluateAlarms(context);
  }
}

/** @throws UserError `policy-findings`; exit code 3 */
function refuseFindingsOfPolicy(
  outcome: ReturnType<typeof judgeStack>,
  { environment }: StageContext,
): ReturnType<typeof judgeStack> {
  const { findings } = outcome.result;
  if (findings.length === 0) return outcome;
  throw new UserError('policy-findings', `The stack has ${findings.length} findings.`, {
    hint: `'${commandFor(environment, 'policy')}' shows them, and what mends each.`,
    exitCode: 3,
  });
}
