import { DbEventSubscription } from '@cdktf/provider-aws/lib/db-event-subscription/index.js';
import { Construct } from 'constructs';
import type { Database, EventSources } from '../database/database.ts';

export interface DatabaseEventsProps {
  /** Prefix of the names of the subscriptions. */
  readonly name: string;
  /** The instance or cluster. */
  readonly database: Database;
  /** Topic that receives the events. */
  readonly topicArn: string;
}

/** By source type: the name of the subscription, and the categories that somebody should know of. */
const subscriptions: Record<keyof EventSources, { id: string; eventCategories: string[] }> = {
  'db-instance': {
    id: 'instances',
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
  },
  'db-cluster': {
    id: 'clusters',
    eventCategories: [
      'configuration change',
      'deletion',
      'failover',
      'failure',
      'maintenance',
      'notification',
    ],
  },
  'db-parameter-group': { id: 'parameters', eventCategories: ['configuration change'] },
};

/** RDS's own events of a database: failover, failure, maintenance, and changes of its configuration. */
export class DatabaseEvents extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseEventsProps) {
    super(scope, id);
    const { name, database, topicArn } = props;
    for (const [sourceType, sourceIds] of Object.entries(database.eventSources)) {
      const { id: kind, eventCategories } = subscriptions[sourceType as keyof EventSources];
      new DbEventSubscription(this, kind, {
        name: `${name}-${kind}`,
        snsTopic: topicArn,
        sourceType,
        sourceIds: [...sourceIds],
        eventCategories,
      });
    }
  }
}
