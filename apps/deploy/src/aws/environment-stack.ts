import { join } from 'node:path';
import type { LoginRole } from '@ecommerce-dms/entities/roles';
import { AwsStack, DatabaseEnvironment, environmentSettings, suppress } from '@ecommerce-dms/infra';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { databaseName } from '../database-access.ts';
import { addDatabaseAlarms } from './database-alarms.ts';
import { synthesizeInto, type WrittenStack } from './synthesize-into.ts';

/** Who logs in with IAM: the roles that the migrations grant rights to. */
const users = {
  migrator: 'shop_migrator',
  app: 'shop_app',
  readonly: 'shop_readonly',
} satisfies Record<string, LoginRole>;

/** What a stack does without that is synthesized to be looked at. */
const neverApplied = {
  'alert-topic-subscribed': 'The environment is local: its stack is never applied.',
};

/** In the environment's folder, from where Terraform runs. */
const localState = '../../../terraform.tfstate';

/**
 * Synthesizes an environment's AWS stack: network, database, access, alarms, dashboard.
 * @returns its JSON, and the folder that Terraform runs in
 */
export function synthesizeEnvironment({ name, settings, directory }: LoadedEnvironment): WrittenStack {
  const { aws } = settings;
  return synthesizeInto(join(directory, 'cdktf.out'), (app) => {
    const stack = new AwsStack(app, `shop-${name}`, {
      region: aws.region,
      accountId: aws.accountId,
      tags: { environment: name, owner: aws.owner, costCenter: aws.costCenter },
      // The synthesized stack can be thrown away, and its state can not.
      backend: { ...aws.state, ...(aws.state.type === 'local' && { path: aws.state.path ?? localState }) },
    });
    const environment = new DatabaseEnvironment(stack, 'shop', {
      ...environmentSettings(aws.preset, { ...aws, suppressions: undefined }),
      name: `shop-${name}`,
      databaseName,
      zones: aws.zones ?? ['a', 'b', 'c'].map((zone) => `${aws.region}${zone}`),
      alertEmails: aws.alertEmails,
      users,
      monthlyBudgetUsd: aws.monthlyBudgetUsd,
    });
    // Whoever has settings for a worker runs one.
    addDatabaseAlarms(stack, environment, { worker: Object.keys(settings.worker).length > 0 });
    const suppressions = { ...(settings.target === 'local' && neverApplied), ...aws.suppressions };
    for (const [rule, reason] of Object.entries(suppressions)) suppress(stack, rule, reason);
    return stack;
  });
}
