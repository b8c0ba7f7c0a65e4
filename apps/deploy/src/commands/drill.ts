import { UserError } from '@ecommerce-dms/errors';
import { withHintsInCommands } from '../hints-in-commands.ts';
import { requireLocal } from '../local/require-local.ts';
import {
  type ConcurrencyDrillOptions,
  type ConcurrencyDrillResult,
  drillConcurrency,
} from '../stages/drill-concurrency.ts';
import { printResult } from '../ui/print-result.ts';
import { runSteps } from '../ui/steps.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runContext } from './run-stage.ts';

/** `dms drill concurrency`: rehearses concurrency and a crash, and tells what was lost. Exit code 3 if anything was. */
export async function drill(
  _what: 'concurrency',
  options: CommonOptions & ConcurrencyDrillOptions,
): Promise<void> {
  const context = await runContext(options);
  requireLocal(context.environment, 'drill');
  const results: ConcurrencyDrillResult[] = [];
  await runSteps([
    {
      title: 'Drilling concurrency',
      run: async (progress, note) => {
        const { summary, result } = await withHintsInCommands(context.environment, () =>
          drillConcurrency({ ...context, progress, note }, options),
        );
        results.push(result);
        return summary;
      },
    },
  ]);
  for (const result of results) {
    printResult({ json: result, text: renderDrill(result) }, options.json === true);
    refuseLosses(result);
  }
}

function renderDrill({
  lastUnits,
  lastCoupons,
  repeatedKey,
  mixedLoad,
  checks,
  losses,
}: ConcurrencyDrillResult): string {
  const { crash, refused, unexpected } = mixedLoad;
  const refusals = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return table([
    [
      'last units',
      `${lastUnits.clients} clients, ${lastUnits.units} units: ${lastUnits.sold} sold, ${lastUnits.refused} refused`,
    ],
    [
      'last coupons',
      `${lastCoupons.clients} clients, ${lastCoupons.limit} uses: ${lastCoupons.used} used, ${lastCoupons.refused} refused`,
    ],
    ['one key', `${repeatedKey.requests} requests: ${repeatedKey.orders} order`],
    [
      'mixed load',
      `${mixedLoad.operations} operations by ${mixedLoad.clients} clients in ${seconds(mixedLoad.ms)}: ${mixedLoad.acknowledged} orders acknowledged`,
    ],
    [
      '  disturbed by',
      `${mixedLoad.clientsKilled} sessions ended; writer crashed, ${crash.recovery} in ${seconds(crash.ms)}`,
    ],
    ['  refused', refusals.join(', ') || 'none'],
    ['  failed', `${unexpected.length} operations, deadlocks included`],
    [
      '  money',
      `${mixedLoad.money.authorizedMinor} authorized, ${mixedLoad.money.capturedMinor} captured, ${mixedLoad.money.refundedMinor} refunded (minor units)`,
    ],
    ['  events', `${mixedLoad.published} orders published`],
    ['checks', `${checks}`],
    ['lost', losses.length === 0 ? 'nothing' : losses.join('\n')],
  ]);
}

/** @throws UserError `drill-lost`, exit code 3, when anything was lost */
function refuseLosses({ losses }: ConcurrencyDrillResult): void {
  if (losses.length === 0) return;
  throw new UserError('drill-lost', `The drill has found ${losses.length} things lost or wrong.`, {
    hint: losses.join('\n'),
    exitCode: 3,
  });
}
