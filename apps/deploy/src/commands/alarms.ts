import { UserError } from '@ecommerce-dms/errors';
import { evaluateAlarms } from '../stages/alarms.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms alarms`: evaluates the alarms on the live servers. Exit code 3 when one fires. */
export async function alarms(options: CommonOptions): Promise<void> {
  const { result, text } = await runStage('alarms', 'Evaluating the alarms', options, evaluateAlarms);
  printResult({ json: result, text }, options.json === true);
  if (result.firing.length > 0) {
    throw new UserError('alarms-firing', `${result.firing.length} alarms are firing.`, { exitCode: 3 });
  }
}
