import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';

/** What RDS sends events about, by its source types. */
export type EventSources = Readonly<
  Partial<Record<'db-instance' | 'db-cluster' | 'db-parameter-group', readonly string[]>>
>;

/** What `Access`, `DatabaseEvents`, `Proxy` and alarms ask of a database, be it an instance or a cluster. */
export interface Database {
  /** What AWS Backup names it by. */
  readonly arn: string;
  /** Prefix of the names around it. */
  readonly name: string;
  readonly port: number;
  readonly writerEndpoint: string;
  /** Host names to read from; empty where there is nothing but the writer. */
  readonly readerEndpoints: readonly string[];
  /** Secret with the administrator's `username` and `password`, as JSON. */
  readonly secretArn: string;
  readonly securityGroup: SecurityGroup;
  /** What `rds-db:connect` names: the writer's resource id first, then those of readers that have their own. */
  readonly resourceIds: readonly [writer: string, ...readers: string[]];
  /** The members, as CloudWatch names them, that which is made as the writer first. */
  readonly instanceIdentifiers: readonly [writer: string, ...readers: string[]];
  readonly eventSources: EventSources;
  /** Name of the PostgreSQL log group by identifier of the instance or cluster. It refers to the group. */
  readonly logGroupNames: ReadonlyMap<string, string>;
  /** What a proxy in front of it connects to. */
  readonly proxyTarget: { readonly dbInstanceIdentifier: string } | { readonly dbClusterIdentifier: string };
}
