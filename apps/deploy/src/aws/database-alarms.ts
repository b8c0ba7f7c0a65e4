import type { AlarmDefinition } from '@ecommerce-dms/alarms';
import { DatabaseAlarms, DatabaseDashboard } from '@ecommerce-dms/alarms/cdktf';
import { type AwsStack, type DatabaseEnvironment, PostgresInstance } from '@ecommerce-dms/infra';
import { alarmPlan } from './alarm-plan.ts';
import { clusterAlarmPlan } from './cluster-alarm-plan.ts';

interface MonitoredInstance {
  id: string;
  identifier: string;
  definitions: readonly AlarmDefinition[];
  logGroupName: string | undefined;
}

/**
 * Adds the alarms of every instance of an environment's database, and a dashboard of them.
 * @param options.worker whether somebody runs a worker; default: no
 */
export function addDatabaseAlarms(
  stack: AwsStack,
  { database, alerts }: DatabaseEnvironment,
  { worker = false } = {},
): void {
  const monitored =
    database instanceof PostgresInstance ? ofInstance(database, worker) : ofCluster(database, worker);
  const instances = monitored.map(
    ({ id, identifier, definitions, logGroupName }) =>
      new DatabaseAlarms(stack, `${id}-alarms`, {
        instanceIdentifier: identifier,
        definitions,
        topicArn: alerts.arn,
        logGroupName,
      }),
  );
  new DatabaseDashboard(stack, 'database', { instances, region: stack.region });
}

function ofInstance(database: PostgresInstance, worker: boolean): MonitoredInstance[] {
  const plan = alarmPlan(database.settings, { worker });
  return database.instanceIdentifiers.map((identifier, index) => ({
    id: index === 0 ? 'writer' : `replica-${index}`,
    identifier,
    definitions: index === 0 ? plan.writer : plan.replica,
    logGroupName: database.logGroupNames.get(identifier),
  }));
}

/** The instances of a cluster write to one log: what counts its lines is asked of the first alone. */
function ofCluster(
  database: Exclude<DatabaseEnvironment['database'], PostgresInstance>,
  worker: boolean,
): MonitoredInstance[] {
  const definitions = clusterAlarmPlan(database.settings, { worker });
  return database.instanceIdentifiers.map((identifier, index) => ({
    id: `member-${index + 1}`,
    identifier,
    definitions: index === 0 ? definitions : definitions.filter(({ logPattern }) => logPattern === undefined),
    logGroupName: database.logGroupNames.get(database.name),
  }));
}
