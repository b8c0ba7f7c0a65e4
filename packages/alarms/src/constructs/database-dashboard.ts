import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { dashboardBody } from './dashboard-body.ts';
import type { DatabaseAlarms } from './database-alarms.ts';

/** What {@link DatabaseDashboard} shows. */
export interface DatabaseDashboardConfig {
  /** The alarms of each instance to show, the writer's first. */
  readonly instances: readonly DatabaseAlarms[];
  /** The region of the instances, for example `eu-west-1`. */
  readonly region: string;
}

/**
 * A CloudWatch dashboard of a database's instances, named `<stack>-<id of the construct>`: the states of their alarms,
 * and graphs of their metrics with the alarms' thresholds.
 *
 * @example
 * ```ts
 * const alarms = new DatabaseAlarms(stack, 'writer-alarms', {
 *   instanceIdentifier: instance.identifier,
 *   definitions,
 *   topicArn: topic.arn,
 * });
 * new DatabaseDashboard(stack, 'database', { instances: [alarms], region: 'eu-west-1' });
 * ```
 */
export class DatabaseDashboard extends Construct {
  readonly dashboard: CloudwatchDashboard;

  constructor(scope: Construct, id: string, config: DatabaseDashboardConfig) {
    super(scope, id);
    const body = dashboardBody(
      config.region,
      config.instances.map(({ instanceIdentifier, definitions, alarms }) => ({
        instanceIdentifier,
        definitions,
        alarmArns: [...alarms.values()].map((alarm) => alarm.arn),
      })),
    );
    this.dashboard = new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: `${TerraformStack.of(this).node.id}-${id}`,
      dashboardBody: JSON.stringify(body),
    });
  }
}
