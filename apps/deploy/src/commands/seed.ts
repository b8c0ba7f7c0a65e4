import { seedDatabase } from '../stages/seed.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runWritingStage } from './run-stage.ts';

interface SeedCommandOptions extends CommonOptions {
  orders?: number;
  seed?: number;
  allowProduction?: boolean;
  allowNonEmpty?: boolean;
}

/** `dms seed`: generates data into a migrated database that has a catalog. */
export async function seed(options: SeedCommandOptions): Promise<void> {
  const { summary, result } = await runWritingStage('seed', 'Generating data', options, (context) => {
    const { settings } = context.environment;
    return seedDatabase(context, {
      ...options,
      orders: options.orders ?? settings.orders,
      seed: options.seed ?? settings.seed,
    });
  });
  printResult({ json: result, text: summary }, options.json === true);
}
