import { DbEventSubscription } from '@cdktf/provider-aws/lib/db-event-subscription/index.js';
import { Construct } from 'constructs';
import type { PostgresInstance } from '../database/postgres-instance.ts';

export interface DatabaseEventsProps {
  readonly name: string;
  readonly database: PostgresInstance;
  readonly topicArn: string;
}

/** RDS's own events of a database: failover, failure, maintenance, and changes of its configuration. */
export class DatabaseEvents extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseEventsProps) {
    super(scope, id);
    const { name, database, topicArn } = props;
    new DbEventSubscription(this, 'instances', {
      name: `${name}-instances`,
      snsTopic: topicArn,
      sourceType: 'db-instance',
      sourceIds: [database.writer, ...database.replicas].map((instance) => instance.identifier),
      eventCategories: [
        'availability',
        'configuration change',
        'deletion',
        'failover',
        'failure',
        'low storage',
        'maintenance',
        'read replica',
        'recovery',
      ],
    });
    new DbEventSubscription(this, 'parameters', {
      name: `${name}-parameters`,
      snsTopic: topicArn,
      sourceType: 'db-parameter-group',
      sourceIds: [database.parameterGroup.name],
      eventCategories: ['configuration change'],
    });
  }
}
