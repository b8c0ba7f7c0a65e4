import { join } from 'node:path';
import { DatabaseAlarms, DatabaseDashboard } from '@ecommerce-dms/alarms/cdktf';
import {
  AwsStack,
  DatabaseEnvironment,
  environmentSettings,
  synthesize,
  type SynthesizedStack,
} from '@ecommerce-dms/infra';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { databaseName } from '../database/database-name.ts';
import { alarmPlan } from './alarm-plan.ts';

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
      const { database } = environment;
      const plan = alarmPlan(database.settings);
      const topicArn = environment.alerts.arn;
      const alarms = [
        { id: 'writer', identifier: database.settings.name, definitions: plan.writer },
        ...database.replicaIdentifiers.map((identifier, index) => ({
          id: `replica-${index + 1}`,
          identifier,
          definitions: plan.replica,
        })),
      ].map(
        ({ id, identifier, definitions }) =>
          new DatabaseAlarms(stack, `${id}-alarms`, {
            instanceIdentifier: identifier,
            definitions,
            topicArn,
            logGroupName: database.logGroupNames.get(identifier),
          }),
      );
      new DatabaseDashboard(stack, 'database', { instances: alarms, region: aws.region });
      return stack;
    },
    { outdir: join(directory, 'cdktf.out') },
  );
}
