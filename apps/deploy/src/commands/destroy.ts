import { UserError } from '@ecommerce-dms/errors';
import { isProven, renderTeardown } from '../aws/prove-teardown.ts';
import { requireAws } from '../aws/terraform-workspace.ts';
import { destroyEnvironment } from '../stages/destroy.ts';
import { confirm } from '../ui/confirm.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runContext, runStage } from './run-stage.ts';

/** Flags of `dms destroy`. */
export interface DestroyCommandOptions extends CommonOptions {
  /** The environment's name once more, instead of the question. */
  confirm?: string;
  removeDeletionProtection?: boolean;
  /** False with `--no-final-snapshot`. */
  finalSnapshot: boolean;
  /** Seconds. */
  wait: number;
}

/** `dms destroy`: destroys the stack, and proves that nothing that costs money is left of it. */
export async function destroy(options: DestroyCommandOptions): Promise<void> {
  const { environment, signal } = await runContext(options);
  requireAws(environment, 'destroy');
  const { name } = environment;
  if (options.confirm === undefined) {
    const question = `Everything of '${name}' will be destroyed, its database and its backups included.`;
    await confirm(question, name, `--confirm ${name}`, signal);
  } else if (options.confirm !== name) {
    throw new UserError('not-confirmed', `--confirm says '${options.confirm}', and --env '${name}'.`, {
      exitCode: 2,
    });
  }
  const { result } = await runStage('destroy', 'Destroying the AWS stack', options, (context) =>
    destroyEnvironment(context, {
      removeDeletionProtection: options.removeDeletionProtection === true,
      finalSnapshot: options.finalSnapshot,
      waitSeconds: options.wait,
    }),
  );
  printResult({ json: result, text: renderTeardown(result.proof) }, options.json === true);
  if (isProven(result.proof)) return;
  const fault =
    result.proof.charged.length > 0 ? 'not all of it is gone' : 'not everything could be looked for';
  throw new UserError('teardown-not-proven', `The stack of '${name}' is destroyed, and ${fault}.`, {
    hint: 'Mend what is named above, then run the same command again: it proves the rest.',
  });
}
