import { backUpEnvironment } from '../stages/backup.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms backup`: a snapshot of each database, to restore from. */
export async function backup(options: CommonOptions): Promise<void> {
  const { result, summary } = await runStage('backup', 'Taking a snapshot', options, backUpEnvironment);
  printResult({ json: result, text: summary }, options.json === true);
}
