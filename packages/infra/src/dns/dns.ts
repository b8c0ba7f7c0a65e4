import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js';
import { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone/index.js';
import { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { settingsFaults } from '../settings-faults.ts';
import { type DnsSettings, dnsSettings } from './dns-settings.ts';

export interface DnsProps extends DnsSettings {
  /** The VPC that a new private zone is for. */
  readonly vpcId: string;
  /** What the names point to. */
  readonly database: { readonly writerEndpoint: string; readonly readerEndpoints: readonly string[] };
}

/**
 * Names of a database that stay when the database is replaced: `writer` and `reader` of a private zone.
 *
 * Several replicas share `reader` evenly; without any it is the writer. The server's certificate has RDS's own names,
 * so a client with `sslmode=verify-full` connects to RDS's endpoint, or takes these names with `verify-ca`.
 */
export class Dns extends Construct {
  /** Undefined for a zone that existed. */
  readonly zone: Route53Zone | undefined;
  readonly writerName: string;
  readonly readerName: string;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: DnsProps) {
    super(scope, id);
    const { zoneName, vpcId, database, ttlSeconds = 5 } = props;
    refuseFaults(`Dns "${zoneName}"`, settingsFaults(dnsSettings, props));
    this.zone =
      props.zoneId === undefined
        ? new Route53Zone(this, 'zone', {
            name: zoneName,
            comment: 'Names of a database, for its VPC alone',
            vpc: [{ vpcId }],
          })
        : undefined;
    const common = { zoneId: props.zoneId ?? this.zone?.zoneId ?? '', type: 'CNAME', ttl: ttlSeconds };
    this.writerName = `writer.${zoneName}`;
    this.readerName = `reader.${zoneName}`;
    new Route53Record(this, 'writer', {
      ...common,
      name: this.writerName,
      records: [database.writerEndpoint],
    });
    const readers =
      database.readerEndpoints.length === 0 ? [database.writerEndpoint] : database.readerEndpoints;
    for (const [index, endpoint] of readers.entries()) {
      new Route53Record(this, `reader-${index + 1}`, {
        ...common,
        name: this.readerName,
        records: [endpoint],
        setIdentifier: `reader-${index + 1}`,
        weightedRoutingPolicy: { weight: 1 },
      });
    }
  }
}
