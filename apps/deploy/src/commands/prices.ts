import { basename } from 'node:path';
import { fetchPrices } from '@ecommerce-dms/infra/prices';
import { pricePath, savePrices } from '../config/price-file.ts';
import { printResult } from '../ui/print-result.ts';
import { runSteps } from '../ui/steps.ts';
import { type CommonOptions, runContext } from './run-stage.ts';

/** `dms prices refresh`: asks AWS for the prices of the environment's region, and writes `dms.prices.json`. */
export async function prices(_action: 'refresh', options: CommonOptions): Promise<void> {
  const { environment, signal } = await runContext(options);
  const { region } = environment.settings.aws;
  const today = new Date().toISOString().slice(0, 10);
  let fetched: Awaited<ReturnType<typeof fetchPrices>> = { prices: {}, missing: [] };
  await runSteps([
    {
      title: `Asking AWS for the prices of ${region}`,
      run: async () => {
        fetched = await fetchPrices(region, { today, signal });
        await savePrices(environment.root, region, fetched.prices, today);
        return `${Object.keys(fetched.prices).length} prices in ${basename(pricePath(environment.root))}`;
      },
    },
  ]);
  const file = pricePath(environment.root);
  const kept = fetched.missing.map(({ key, reason }) => `  ${key}: ${reason}`);
  printResult(
    {
      json: {
        file,
        region,
        asOf: today,
        prices: Object.keys(fetched.prices).length,
        missing: fetched.missing,
      },
      text: [file, ...(kept.length === 0 ? [] : ['Kept as they were:', ...kept])].join('\n'),
    },
    options.json === true,
  );
}
