import { UserError } from '@ecommerce-dms/errors';
import type { CostReport, Currency } from '@ecommerce-dms/stack';
import { Option } from 'commander';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { derivedStage, stage } from '../declare-stage.ts';
import type { Stage } from '../stage.ts';
import { wholeNumber } from '../ui/flag-values.ts';
import { synth } from './synth.ts';

export interface CostOptions {
  hours?: number;
  currency?: Currency;
  diff?: boolean;
}

const defaultHours = 3;
const currencies: readonly Currency[] = ['USD', 'EUR'];

/** Estimates what the environment's synthesized stack costs. */
export const cost = derivedStage({
  name: 'cost',
  help: 'estimate what the AWS stack costs, with the source of each price',
  details:
    'Exit code 3 over aws.monthlyBudgetUsd, or if something has no price, so that the budget cannot be decided.',
  job: 'check',
  title: 'Estimating its cost',
  ownFlags: [
    new Option('--hours <n>', `hours to run it (default: ${defaultHours})`).argParser(wholeNumber),
    new Option('--currency <code>', 'currency of the figures (default: USD)').choices(currencies),
    new Option('--diff', 'what differs from the stack that is applied, for a month'),
  ],
  mode: (options: CostOptions): Stage | undefined => (options.diff === true ? diff : undefined),
  needs: { synth },
  run: async ({ environment }, { synth }, { hours = defaultHours, currency }: CostOptions) => {
    const { estimateCost, renderCost } = await import('@ecommerce-dms/stack');
    const { loadPrices } = await import('../config/price-file.ts');
    const prices = await loadPrices(environment.root);
    const report = estimateCost(synth.json, { hours, currency, prices });
    const { monthlyBudgetUsd } = environment.settings.aws;
    const budget = monthlyBudgetUsd === undefined ? undefined : holdAgainst(monthlyBudgetUsd, report);
    return {
      summary: summarize(report, budget),
      result: {
        ...report,
        /** The environment's budget beside the high estimate of a month. */
        ...(budget && { budget }),
      },
      text: [renderCost(report), remedyFor(report, environment)]
        .filter((text) => text !== undefined)
        .join('\n\n'),
    };
  },
  render: ({ text }) => text,
  findings: ({ result }, environment) => overBudget(result, environment),
});

/** Holds the cost of the stack as it is now against that of what Terraform has applied. */
const diff = stage({
  name: 'cost --diff',
  title: 'Comparing its cost with what is applied',
  target: 'aws',
  needs: { synth, cost },
  run: async (context, { synth }, { currency, hours = defaultHours }: CostOptions) => {
    const { AppliedStack, compareCosts, estimateCost, renderComparison } =
      await import('@ecommerce-dms/stack');
    const { readState } = await import('@ecommerce-dms/aws/terraform');
    const { openWorkspace } = await import('../aws/terraform-workspace.ts');
    const { loadPrices } = await import('../config/price-file.ts');
    const { directory, options } = await openWorkspace(context, synth.directory);
    const state = await readState(directory, options);
    const prices = await loadPrices(context.environment.root);
    const before = estimateCost(new AppliedStack(state, synth.json), { hours, currency, prices });
    const comparison = compareCosts(before, estimateCost(synth.json, { hours, currency, prices }));
    const { changes, after, complete, unpriced } = comparison;
    const missing = unpriced.before.length + unpriced.after.length;
    return {
      summary: complete
        ? `${changes.length} components differ; now up to ${after.high.toFixed(2)} ${comparison.currency} a month`
        : `${changes.length} components differ, incomplete: ${missing} without a price`,
      result: comparison,
      text: renderComparison(comparison),
    };
  },
  render: ({ text }) => text,
  findings: (_outcome, environment, { cost }) => overBudget(cost.result, environment),
});

interface Budget {
  monthlyLimitUsd: number;
  /** Of what has a price. */
  monthlyHighUsd: number;
  /** `undecided`: what has a price keeps to the budget, and something has none. */
  verdict: 'kept' | 'exceeded' | 'undecided';
}

function holdAgainst(monthlyLimitUsd: number, report: CostReport): Budget {
  const monthlyHighUsd = report.total.monthly.high / (report.exchange?.rate ?? 1);
  const isWithin = monthlyHighUsd <= monthlyLimitUsd;
  const verdict = !isWithin ? 'exceeded' : report.complete ? 'kept' : 'undecided';
  return { monthlyLimitUsd, monthlyHighUsd, verdict };
}

function summarize(report: CostReport, budget: Budget | undefined): string {
  const { low, high } = report.total.period;
  const amount = low === high ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const [atLeast, unpriced] = report.complete
    ? ['', '']
    : ['at least ', `, incomplete: ${report.unpriced.length} without a price`];
  const verdict = budget === undefined ? '' : describeVerdict(budget);
  return `${atLeast}${amount} ${report.currency} for ${report.hours} h in ${report.region}${unpriced}${verdict}`;
}

function describeVerdict({ monthlyLimitUsd, verdict }: Budget): string {
  const budget = `the budget of ${monthlyLimitUsd} USD a month`;
  return { kept: '', exceeded: `, over ${budget}`, undecided: `, so that ${budget} can't be decided` }[
    verdict
  ];
}

/** How what has no price gets one; undefined where everything has. */
function remedyFor({ unpriced }: CostReport, environment: LoadedEnvironment): string | undefined {
  const remedies = [
    unpriced.some(({ price }) => price !== undefined) &&
      `'${commandFor(environment, 'prices refresh')}' fetches the prices that AWS lists. What has none then goes by hand into dms.prices.json: regions.REGION.KEY: { usd, per, source, quality }.`,
    unpriced.some(({ price }) => price === undefined) &&
      'Where no price is missing, a value is: set what is named.',
  ];
  return remedies.filter((remedy) => remedy !== false).join('\n') || undefined;
}

/** `budget-exceeded` when a month may cost more than the budget, `budget-undecided` when something has no price. */
function overBudget(
  { budget, ...report }: CostReport & { budget?: Budget },
  environment: LoadedEnvironment,
): UserError | undefined {
  const { name } = environment;
  if (budget?.verdict === 'exceeded') {
    return new UserError(
      'budget-exceeded',
      `'${name}' may cost ${budget.monthlyHighUsd.toFixed(2)} USD a month${report.complete ? '' : ' and more'}; its budget is ${budget.monthlyLimitUsd} USD.`,
      {
        hint: `'${commandFor(environment, 'cost')}' shows the components. Take a smaller one, or raise aws.monthlyBudgetUsd.`,
      },
    );
  }
  if (budget?.verdict === 'undecided') {
    const reasons = Map.groupBy(report.unpriced, ({ reason }) => reason);
    const lines = [...reasons].map(
      ([reason, resources]) => `- ${reason}: ${resources.map(({ resource }) => resource).join(', ')}`,
    );
    return new UserError(
      'budget-undecided',
      `Whether '${name}' keeps to its budget of ${budget.monthlyLimitUsd} USD a month can't be decided, because not everything has a price:\n${lines.join('\n')}`,
      { hint: remedyFor(report, environment) },
    );
  }
  return undefined;
}
