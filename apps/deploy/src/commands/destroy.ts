import { UserError } from '@ecommerce-dms/errors';
import { destroyEnvironment } from '../aws/destroy-environment.ts';
import { isProven, renderTeardown } from '../aws/prove-teardown.ts';
import { stage } from '../declare-stage.ts';
import { runAlone } from '../run/run-alone.ts';
import type { CommonOptions } from '../run/run-context.ts';
import type { RunContext } from '../stage.ts';
import { synth } from '../stages/synth.ts';
import { confirm } from '../ui/confirm.ts';

/** Flags of `dms destroy`. */
interface DestroyOptions extends CommonOptions {
  /** The environment's name once more, instead of the question. */
  confirm?: string;
  removeDeletionProtection?: boolean;
  /** False with `--no-final-snapshot`. */
  finalSnapshot: boolean;
  /** Seconds. */
  wait: number;
}

/** `dms destroy`: destroys the stack, and proves that nothing that costs money is left of it. */
export const destroy = (options: DestroyOptions): Promise<void> => runAlone(teardown, { ...options });

const teardown = stage({
  name: 'destroy',
  title: 'Destroying the AWS stack',
  target: 'aws',
  ask,
  needs: { synth },
  run: (context, { synth }, options: DestroyOptions) =>
    destroyEnvironment(context, synth, {
      removeDeletionProtection: options.removeDeletionProtection === true,
      finalSnapshot: options.finalSnapshot,
      waitSeconds: options.wait,
    }),
  render: ({ result }) => renderTeardown(result.proof),
  findings: ({ result: { proof } }, { name }) => {
    if (isProven(proof)) return undefined;
    const fault = proof.charged.length > 0 ? 'not all of it is gone' : 'not everything could be looked for';
    return new UserError('teardown-not-proven', `The stack of '${name}' is destroyed, and ${fault}.`, {
      hint: 'Fix what is named above, then run the same command again: it proves the rest.',
    });
  },
});

async function ask({ environment: { name }, signal }: RunContext, options: DestroyOptions): Promise<void> {
  if (options.confirm === undefined) {
    const question = `Everything of '${name}' will be destroyed, its database and its backups included.`;
    await confirm(question, name, `--confirm ${name}`, signal);
  } else if (options.confirm !== name) {
    throw new UserError('not-confirmed', `--confirm says '${options.confirm}', and --env '${name}'.`);
  }
}
