import { seedDatabase } from '../stages/seed.ts';
import { undoLoad } from '../stages/undo.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runWritingStage } from './run-stage.ts';

interface SeedCommandOptions extends CommonOptions {
  orders?: number;
  seed?: number;
  allowProduction?: boolean;
  allowNonEmpty?: boolean;
  undo?: boolean;
  discardRowsOfOthers?: boolean;
}

/** `dms seed`: generates data into a migrated database that has a catalog, or undoes a load that was cut off. */
export async function seed(options: SeedCommandOptions): Promise<void> {
  if (options.undo === true) {
    const { summary, result } = await runWritingStage('undo', 'Undoing a load', options, (context) =>
      undoLoad(context, options),
    );
    printResult({ json: result, text: summary }, options.json === true);
    return;
  }
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
