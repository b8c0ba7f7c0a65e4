import { UserError } from '@ecommerce-dms/errors';
import { judgeStack, renderPolicy } from '../stages/policy.ts';
import { synthesizeStack } from '../stages/synth.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runStage } from './run-stage.ts';

/** `dms policy`: synthesizes the stack and holds it against the rules. Exit code 3 when there are findings. */
export async function policy(options: CommonOptions): Promise<void> {
  const { result } = await runStage(
    'policy',
    'Checking the policy of the AWS stack',
    options,
    async (context) => judgeStack((await synthesizeStack(context)).json),
  );
  printResult({ json: result, text: renderPolicy(result) }, options.json === true);
  if (result.findings.length > 0) {
    throw new UserError(
      'policy-findings',
      `The stack of '${options.env}' has ${result.findings.length} findings.`,
      {
        exitCode: 3,
      },
    );
  }
}
