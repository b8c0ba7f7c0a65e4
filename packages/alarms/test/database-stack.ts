import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { type App, TerraformStack } from 'cdktf';
import { DatabaseAlarms, DatabaseDashboard } from '../src/cdktf.ts';
import { alarmDefinitions } from '../src/index.ts';
import { medium } from './instances.ts';

/** A writer, its replica, and all that this package can put beside them. */
export class DatabaseStack extends TerraformStack {
  readonly alarms: readonly DatabaseAlarms[];
  readonly dashboard: DatabaseDashboard;
  readonly provider: AwsProvider;

  constructor(app: App, name: string) {
    super(app, name);
    this.provider = new AwsProvider(this, 'aws', { region: 'eu-west-1' });
    // The types are those of 6.25; the attributes in use are in 5.100 too, the version of the offline mirror.
    this.addOverride('terraform.required_providers.aws.version', '>= 5.100, < 7');
    const topic = new SnsTopic(this, 'topic', { name: `${name}-alarms` });
    const log = new CloudwatchLogGroup(this, 'log', { name: `/aws/rds/instance/${name}/postgresql` });
    this.alarms = (['writer', 'replica'] as const).map((role) => {
      const replica = role === 'replica';
      const instance = new DbInstance(this, role, {
        identifier: `${name}-${role}`,
        instanceClass: medium.instanceClass,
      });
      return new DatabaseAlarms(this, `${role}-alarms`, {
        instanceIdentifier: instance.identifier,
        definitions: alarmDefinitions({
          ...medium,
          storageType: 'gp2',
          replica,
          logExports: !replica,
          worker: !replica,
        }),
        topicArn: topic.arn,
        logGroupName: log.name,
        tags: { environment: 'test' },
      });
    });
    this.dashboard = new DatabaseDashboard(this, 'database', { instances: this.alarms, region: 'eu-west-1' });
  }
}
