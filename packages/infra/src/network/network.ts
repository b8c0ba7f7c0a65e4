import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { logRetentionSettings } from '../log-retention.ts';
import { settingsFaults } from '../settings-faults.ts';
import { parseCidr } from './cidr.ts';
import { type NetworkSettings, networkSettings } from './network-settings.ts';
import type { EnvironmentNetwork, ServiceAccess } from './database-network.ts';
import { FlowLogs } from './flow-logs.ts';
import { SubnetTier } from './subnet-tier.ts';
import { VpcEndpoints } from './vpc-endpoints.ts';

export interface NetworkProps extends Omit<NetworkSettings, 'zoneCount' | 'existing'> {
  /** Prefix of the names of everything in the network. */
  readonly name: string;
  /** Names of two or three zones of the region: `['eu-west-1a', 'eu-west-1b']`. */
  readonly zones: readonly string[];
  /** Key of the flow logs: an `Encryption`, or `{ keyArn }`. */
  readonly encryption: { readonly keyArn: string };
  /** Days for which flow logs are kept. Default 365. */
  readonly logRetentionDays?: number;
}

/**
 * A VPC with public, private and database subnets in each zone.
 *
 * Database subnets have no route out of the VPC. The default security group is closed, and flow logs are on.
 */
export class Network extends Construct implements EnvironmentNetwork {
  readonly vpc: Vpc;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly databaseSubnetIds: readonly string[];
  readonly endpoints: VpcEndpoints;
  readonly systemsManager: ServiceAccess;
  readonly secretsManager: ServiceAccess;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { name, zones, cidr = '10.0.0.0/16', nat = 'per-zone', logRetentionDays = 365 } = props;
    const services = props.endpoints ?? ['s3'];
    const vpcCidr = parseCidr(cidr) ?? { base: 0, prefix: 0 };
    refuseFaults(`Network "${name}"`, [
      (zones.length < 2 || zones.length > 3) && `it needs 2 or 3 zones, not ${zones.length}`,
      new Set(zones).size < zones.length && `a zone is named twice in ${zones.join(', ')}`,
      new Set(services).size < services.length && `an endpoint is named twice in ${services.join(', ')}`,
      ...settingsFaults(networkSettings, props),
      ...settingsFaults(logRetentionSettings, props),
    ]);

    this.vpc = new Vpc(this, 'vpc', {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    const vpcId = this.vpc.id;
    new DefaultSecurityGroup(this, 'default-security-group', { vpcId, tags: { Name: `${name}-closed` } });
    if (props.flowLogs ?? true) {
      new FlowLogs(this, 'flow-logs', {
        name,
        vpcId,
        keyArn: props.encryption.keyArn,
        retentionDays: logRetentionDays,
      });
    }

    // Four sixteenths for each tier leave room for a further zone in each, and a quarter of the VPC for later.
    const tier = (tierName: string, firstBlock: number) =>
      new SubnetTier(this, tierName, { name: `${name}-${tierName}`, vpcId, vpcCidr, zones, firstBlock });
    const publicTier = tier('public', 0);
    const privateTier = tier('private', 4);
    const databaseTier = tier('database', 8);
    this.publicSubnetIds = publicTier.subnetIds;
    this.privateSubnetIds = privateTier.subnetIds;
    this.databaseSubnetIds = databaseTier.subnetIds;

    this.endpoints = new VpcEndpoints(this, 'endpoints', { name, vpcId, tier: privateTier, services });
    const otherwise = nat === 'none' ? 'none' : 'internet';
    this.systemsManager = this.endpoints.access('ssm', 'ssmmessages') ?? otherwise;
    this.secretsManager = this.endpoints.access('secretsmanager') ?? otherwise;

    const gateway = new InternetGateway(this, 'internet-gateway', { vpcId, tags: { Name: name } });
    publicTier.routeOut(() => ({ gatewayId: gateway.id }));
    const natZones = { 'per-zone': zones, single: zones.slice(0, 1), none: [] }[nat];
    this.#routeByNat(name, natZones, privateTier, gateway);
  }

  #routeByNat(name: string, zones: readonly string[], tier: SubnetTier, gateway: InternetGateway): void {
    const natGateways = zones.map((zone, index) => {
      const tags = { Name: `${name}-nat-${zone}` };
      const address = new Eip(this, `nat-address-${zone}`, { domain: 'vpc', tags });
      return new NatGateway(this, `nat-${zone}`, {
        allocationId: address.allocationId,
        subnetId: this.publicSubnetIds[index],
        dependsOn: [gateway],
        tags,
      });
    });
    if (natGateways.length === 0) return;
    tier.routeOut((zoneIndex) => ({ natGatewayId: natGateways[zoneIndex % natGateways.length]?.id }));
  }

  get vpcId(): string {
    return this.vpc.id;
  }
}
