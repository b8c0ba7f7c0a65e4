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
        backend: aws.state,
      });
      const environment = new DatabaseEnvironment(stack, 'shop', {
        ...environmentSettings(aws.preset, aws),
        name: `shop-${name}`,
        databaseName,
        zones: aws.zones ?? ['a', 'b', 'c'].map((zone) => `${aws.region}${zone}`),
        alertEmails: aws.alertEmails,
      });
      addDatabaseAlarms(stack, environment);
      return stack;
    },
    { outdir: join(directory, 'cdktf.out') },
  );
}
