import { isUserError, UserError } from '@ecommerce-dms/errors';
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
    }).catch((error: unknown) => {
      throw withFlagNamed(error);
    });
  });
  printResult({ json: result, text: summary }, options.json === true);
}

const flags = new Map([
  ['tables-not-empty', 'Add to what is there with --allow-non-empty, or begin anew.'],
  ['production-refused', 'If you mean it, say --allow-production.'],
]);

/** The seeder speaks of its options; here they are flags. */
function withFlagNamed(error: unknown): unknown {
  const hint = isUserError(error) ? flags.get(error.code) : undefined;
  if (!isUserError(error) || hint === undefined) return error;
  return new UserError(error.code, error.message, { hint, exitCode: error.exitCode, cause: error });
}
