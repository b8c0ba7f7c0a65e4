import { UserError } from '@ecommerce-dms/errors';
import { deploy as pipeline } from '../pipelines.ts';
import { requireTarget } from '../require-target.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';
import { resultOf, runPipeline } from '../run/run-pipeline.ts';
import type { Flags, Stage } from '../stage.ts';
import { printResult } from '../ui/print-result.ts';

interface DeployOptions extends CommonOptions {
  from?: string;
  to?: string;
  only?: string;
}

/** `dms deploy`: the stages of an environment on AWS, one after another. Each leaves its result in the state file. */
export async function deploy(options: DeployOptions & Flags): Promise<void> {
  const startedAt = performance.now();
  const context = await runContext(options);
  requireTarget(context.environment, 'aws', 'deploy');
  const asked = stagesOf(options);
  const stages =
    options.only === undefined ? asked.filter(({ isFor }) => isFor?.(context.environment) ?? true) : asked;
  const runs = await runPipeline(context, { ...pipeline, stages }, options);
  printResult(resultOf(runs, context, startedAt), options);
}

/** @throws UserError `invalid-settings` when the last one comes before the first */
function stagesOf({ from, to, only }: DeployOptions): readonly Stage[] {
  const { stages } = pipeline;
  if (only !== undefined) return stages.filter(({ name }) => name === only);
  const first = from === undefined ? 0 : stages.findIndex(({ name }) => name === from);
  const last = to === undefined ? stages.length - 1 : stages.findIndex(({ name }) => name === to);
  if (first > last) {
    throw new UserError(
      'invalid-settings',
      `'${to}' comes before '${from}': there is nothing between them.`,
      { hint: `The stages are, in order: ${stages.map(({ name }) => name).join(', ')}.` },
    );
  }
  return stages.slice(first, last + 1);
}
