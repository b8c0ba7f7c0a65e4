import { explainSettings, renderExplanation } from '../aws/explain-settings.ts';
import { synthesizeStack } from '../stages/synth.ts';
import { printResult } from '../ui/print-result.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runContext, runStage } from './run-stage.ts';

/** `dms synth`: writes the environment's AWS stack for Terraform, or explains its settings. */
export async function synth(options: CommonOptions & { explain?: boolean }): Promise<void> {
  if (options.explain === true) {
    const { environment } = await runContext(options);
    const explanation = explainSettings(environment.settings);
    const text = renderExplanation(explanation, environment.name);
    printResult({ json: explanation, text }, options.json === true);
    return;
  }
  const { result } = await runStage('synth', 'Synthesizing the AWS stack', options, synthesizeStack);
  const rows = Object.entries(result.types).map(([type, count]) => [String(count), type]);
  const text = `${table(rows, { right: [0] })}\n\nWhat it would change on AWS: dms plan --env ${options.env}`;
  printResult({ json: result, text }, options.json === true);
}
