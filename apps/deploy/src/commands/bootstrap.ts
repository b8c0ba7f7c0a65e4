import { requireAws } from '../aws/terraform-workspace.ts';
import { bootstrapAccount, renderBootstrap } from '../stages/bootstrap.ts';
import { confirm } from '../ui/confirm.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runContext, runStage } from './run-stage.ts';

/** `dms bootstrap`: makes the bucket of the remote state, and says what to write into `dms.config.ts`. */
export async function bootstrap(
  options: CommonOptions & { repository?: string; yes?: boolean },
): Promise<void> {
  const { environment, signal } = await runContext(options);
  requireAws(environment, 'bootstrap');
  if (options.yes !== true) {
    await confirm(`A bucket will be made in ${environment.settings.aws.region}.`, 'yes', '--yes', signal);
  }
  const { result } = await runStage('bootstrap', 'Making the bucket of the state', options, (context) =>
    bootstrapAccount(context, options.repository),
  );
  printResult({ json: result, text: renderBootstrap(result) }, options.json === true);
}
