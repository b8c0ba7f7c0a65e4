import { join } from 'node:path';
import {
  AwsStack,
  DatabaseEnvironment,
  environmentSettings,
  synthesize,
  type SynthesizedStack,
} from '@ecommerce-dms/infra';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { databaseName } from '../database/database-name.ts';
import { addDatabaseAlarms } from './database-alarms.ts';

/** In the environment's folder, from where Terraform runs. */
const LOCAL_STATE = '../../../terraform.tfstate';

/**
 * Synthesizes an environment's AWS stack: network, database, access, alarms, dashboard.
 * @returns its JSON, and the folder that Terraform runs in
 */
export function synthesizeEnvironment({ name, settings, directory }: LoadedEnvironment): SynthesizedStack {
  const { aws } = settings;
  return synthesize(
    (app) => {
      const stack = new AwsStack(app, `shop-${name}`, {
        region: aws.region,
        accountId: aws.accountId,
        tags: { environment: name, owner: aws.owner, costCenter: aws.costCenter },
        // The synthesized stack can be thrown away, and its state can not.
        backend: { ...aws.state, ...(aws.state.type === 'local' && { path: aws.state.path ?? LOCAL_STATE }) },
      });
      const environment = new DatabaseEnvironment(stack, 'shop', {
        ...environmentSettings(aws.preset, aws),
        name: `shop-${name}`,
        databaseName,
        zones: aws.zones ?? ['a', 'b', 'c'].map((zone) => `${aws.region}${zone}`),
        alertEmails: aws.alertEmails,
        monthlyBudgetUsd: aws.monthlyBudgetUsd,
      });
      addDatabaseAlarms(stack, environment);
      return stack;
    },
    { outdir: join(directory, 'cdktf.out') },
  );
}
