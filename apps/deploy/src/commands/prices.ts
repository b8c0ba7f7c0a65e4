import { basename } from 'node:path';
import { fetchPrices } from '@ecommerce-dms/aws/prices';
import { priceOf } from '@ecommerce-dms/stack';
import { synthesizeEnvironment } from '../aws/environment-stack.ts';
import { regionsOfStack } from '../aws/regions-of-stack.ts';
import { loadPrices, pricePath, savePrices } from '../config/price-file.ts';
import { printResult } from '../ui/print-result.ts';
import { runSteps } from '../ui/steps.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';

/** `dms prices refresh`: asks AWS for the prices of all regions of the stack, and writes `dms.prices.json`. */
export async function prices(_action: 'refresh', options: CommonOptions): Promise<void> {
  const { environment, signal } = await runContext(options);
  const { json } = synthesizeEnvironment(environment);
  const { root } = environment;
  const file = pricePath(root);
  const today = new Date().toISOString().slice(0, 10);
  const steps = regionsOfStack(json).map((region) => ({
    title: `Asking AWS for the prices of ${region}`,
    run: async () => {
      const fetched = await fetchPrices(region, { today, signal });
      await savePrices(root, region, fetched.prices, today);
      const summary = `${Object.keys(fetched.prices).length} prices in ${basename(file)}`;
      return { summary, region, ...fetched };
    },
  }));
  const fetched = await runSteps(steps);
  const known = await loadPrices(root);
  const regions = fetched.map(({ region, prices: found, missing }) => ({
    region,
    prices: Object.keys(found).length,
    missing: missing.map((one) => ({ ...one, hasPrice: priceOf(known, region, one.key) !== undefined })),
  }));
  const missing = regions.flatMap(({ region, missing: ofRegion }) =>
    ofRegion.map(({ key, reason, hasPrice }) => ({ line: `  ${key} in ${region}: ${reason}`, hasPrice })),
  );
  const section = (title: string, hasPrice: boolean): string[] => {
    const lines = missing.filter((one) => one.hasPrice === hasPrice).map(({ line }) => line);
    return lines.length === 0 ? [] : [title, ...lines];
  };
  printResult(
    {
      json: { file, asOf: today, regions },
      text: [
        file,
        ...section('Kept as they were:', true),
        ...section('Without a price, until it is written into that file:', false),
      ].join('\n'),
    },
    options,
  );
}
