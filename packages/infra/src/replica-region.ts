import { Construct } from 'constructs';
import { Access, type DatabaseUsers } from './access/access.ts';
import { AlertTopic } from './alerts/alert-topic.ts';
import { DatabaseEvents } from './alerts/database-events.ts';
import { CrossRegionReplica } from './database/cross-region-replica.ts';
import type { PostgresInstance } from './database/postgres-instance.ts';
import { Network } from './network/network.ts';
import type { ReplicaRegionSettings } from './replica-settings.ts';

export interface ReplicaRegionProps extends Omit<ReplicaRegionSettings, 'region'> {
  /** Prefix of every name, and identifier of the replica. */
  readonly name: string;
  /** Its `adminPassword` must be `secrets-manager`, and it must have backups. */
  readonly source: PostgresInstance;
  /** Key in this region. */
  readonly encryption: { readonly keyArn: string };
  /** Database users who log in with IAM. Default `migrator`, `app`, `readonly`. */
  readonly users?: DatabaseUsers;
  /** Addresses that receive the alerts of this region. Default none. */
  readonly alertEmails?: readonly string[];
}

/**
 * Network, replica, access and alerts in another region; it belongs below an `AwsRegion`. No way out to the
 * internet.
 */
export class ReplicaRegion extends Construct {
  readonly network: Network;
  readonly replica: CrossRegionReplica;
  readonly access: Access;
  readonly alerts: AlertTopic;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: ReplicaRegionProps) {
    super(scope, id);
    const { name, zones, cidr = '10.1.0.0/16', encryption, source, users, alertEmails, ...replica } = props;
    const { logRetentionDays } = source.settings;
    this.network = new Network(this, 'network', {
      name,
      zones,
      cidr,
      nat: 'none',
      encryption,
      logRetentionDays,
    });
    const { network } = this;
    this.replica = new CrossRegionReplica(this, 'replica', {
      ...replica,
      name,
      source,
      network,
      encryption,
    });
    const database = this.replica;
    this.access = new Access(this, 'access', { name, vpcId: network.vpcId, database, users });
    this.alerts = new AlertTopic(this, 'alerts', { name: `${name}-alerts`, encryption, emails: alertEmails });
    new DatabaseEvents(this, 'events', { name, database, topicArn: this.alerts.arn });
  }
}
