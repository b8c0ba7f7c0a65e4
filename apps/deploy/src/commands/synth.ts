import { synthesizeStack } from '../stages/synth.ts';
import { printResult } from '../ui/print-result.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms synth`: writes the environment's AWS stack for Terraform. */
export async function synth(options: CommonOptions): Promise<void> {
  const { result } = await runStage('synth', 'Synthesizing the AWS stack', options, synthesizeStack);
  const rows = Object.entries(result.types).map(([type, count]) => [String(count), type]);
  const terraform = `terraform -chdir=${result.directory}`;
  const text = `${table(rows, { right: [0] })}\n\n${terraform} init && ${terraform} plan`;
  printResult({ json: result, text }, options.json === true);
}
