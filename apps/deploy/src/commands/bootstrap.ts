import { bootstrapAccount, renderBootstrap } from '../aws/bootstrap-account.ts';
import { stage } from '../declare-stage.ts';
import { runAlone } from '../run/run-alone.ts';
import type { CommonOptions } from '../run/run-context.ts';
import { confirm } from '../ui/confirm.ts';

interface BootstrapOptions extends CommonOptions {
  repository?: string;
  yes?: boolean;
}

/** `dms bootstrap`: makes the bucket of the remote state, and says what to write into `dms.config.ts`. */
export const bootstrap = (options: BootstrapOptions): Promise<void> => runAlone(making, { ...options });

const making = stage({
  name: 'bootstrap',
  title: 'Making the bucket of the state',
  target: 'aws',
  ask: async ({ environment, signal }, { yes }: BootstrapOptions) => {
    const question = `A bucket will be made in ${environment.settings.aws.region}.`;
    if (yes !== true) await confirm(question, 'yes', '--yes', signal);
  },
  run: (context, _needs, { repository }: BootstrapOptions) => bootstrapAccount(context, repository),
  render: ({ result }) => renderBootstrap(result),
});
