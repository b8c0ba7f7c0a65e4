import { UserError } from '@ecommerce-dms/errors';
import { stage } from '../declare-stage.ts';
import {
  type ConcurrencyDrillOptions,
  type ConcurrencyDrillResult,
  drillConcurrency,
} from '../drill/drill-concurrency.ts';
import { runAlone } from '../run/run-alone.ts';
import type { CommonOptions } from '../run/run-context.ts';
import { table } from '../ui/table.ts';

/** `dms drill concurrency`: rehearses concurrency and a crash, and reports what was lost. Exit code 3 if anything was. */
export async function drill(
  _what: 'concurrency',
  options: CommonOptions & ConcurrencyDrillOptions,
): Promise<void> {
  await runAlone(concurrency, { ...options });
}

const concurrency = stage({
  name: 'drill concurrency',
  title: 'Drilling concurrency',
  target: 'local',
  run: (context, _needs, options: ConcurrencyDrillOptions) => drillConcurrency(context, options),
  render: ({ result }) => renderDrill(result),
  findings: ({ result: { losses } }) => {
    if (losses.length === 0) return undefined;
    return new UserError('drill-findings', `The drill has found ${losses.length} things lost or wrong.`, {
      hint: losses.join('\n'),
    });
  },
});

function renderDrill({
  lastUnits,
  lastCoupons,
  repeatedKey,
  mixedLoad,
  checks,
  warnings,
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
      `${mixedLoad.operations} operations by ${mixedLoad.clients} clients in ${seconds(mixedLoad.ms)}, --seed ${mixedLoad.seed}: ${mixedLoad.acknowledged} orders acknowledged`,
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
    [
      '  webhooks',
      `${mixedLoad.webhooks.delivered} delivered, ${mixedLoad.differences} differences to the provider's list`,
    ],
    [
      '  events',
      `${mixedLoad.published} orders published, ${mixedLoad.leaders} times a worker took the lead`,
    ],
    ['checks', `${checks}`],
    ...warnings.map(({ check, message, reason }) => [
      `  ${check}`,
      `${message} ${reason === undefined ? '' : `Expected: ${reason}.`}`,
    ]),
    ['lost', losses.length === 0 ? 'nothing' : losses.join('\n')],
  ]);
}
