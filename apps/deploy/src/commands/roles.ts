import { provisionEnvironment } from '../stages/roles.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms roles`: the roles of the shop's programs, in a database on AWS. */
export async function roles(options: CommonOptions): Promise<void> {
  const { result, summary } = await runStage(
    'roles',
    'Provisioning the roles',
    options,
    provisionEnvironment,
  );
  printResult({ json: result, text: summary }, options.json === true);
}
