import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { Construct } from 'constructs';
import { awsIdentity } from '../stack/aws-identity.ts';
import type { EndpointService } from './network-settings.ts';
import { interfaceEndpointPolicy, s3EndpointPolicy } from './endpoint-policies.ts';
import { securityGroup, tcp } from './security-group.ts';
import type { SubnetTier } from './subnet-tier.ts';

export interface VpcEndpointsProps {
  readonly name: string;
  readonly vpcId: string;
  /** The subnets that use the endpoints. */
  readonly tier: SubnetTier;
  readonly services: readonly EndpointService[];
}

/** Ways to AWS's services that need no way out: a gateway for S3, which costs nothing, and interfaces for the rest. */
export class VpcEndpoints extends Construct {
  readonly byService: ReadonlyMap<EndpointService, VpcEndpoint>;
  /** What the interfaces are behind; undefined without any. */
  readonly securityGroup: SecurityGroup | undefined;

  constructor(scope: Construct, id: string, props: VpcEndpointsProps) {
    super(scope, id);
    const interfaces = props.services.filter((service) => service !== 's3');
    this.securityGroup = interfaces.length === 0 ? undefined : this.#groupForSubnets(props);
    this.byService = new Map(
      props.services.map((service) => [
        service,
        service === 's3' ? this.#gateway(props) : this.#interface(props, service),
      ]),
    );
  }

  /** How to reach a service by these endpoints; undefined unless there are all of them. */
  access(...services: EndpointService[]): { readonly securityGroupId: string } | undefined {
    const complete = services.every((service) => this.byService.has(service));
    return complete && this.securityGroup !== undefined
      ? { securityGroupId: this.securityGroup.id }
      : undefined;
  }

  #groupForSubnets({ name, vpcId, tier }: VpcEndpointsProps): SecurityGroup {
    const group = securityGroup(this, 'security-group', {
      name: `${name}-endpoints`,
      description: `Endpoints of AWS services in ${name}`,
      vpcId,
    });
    for (const [index, subnet] of tier.subnets.entries()) {
      new VpcSecurityGroupIngressRule(this, `from-subnet-${index + 1}`, {
        securityGroupId: group.id,
        cidrIpv4: subnet.cidrBlock,
        ...tcp(443),
        description: 'HTTPS from a private subnet',
      });
    }
    return group;
  }

  #gateway({ name, vpcId, tier }: VpcEndpointsProps): VpcEndpoint {
    return new VpcEndpoint(this, 's3', {
      vpcId,
      serviceName: `com.amazonaws.${awsIdentity(this).region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: tier.routeTables.map((table) => table.id),
      policy: s3EndpointPolicy(this),
      tags: { Name: `${name}-s3` },
    });
  }

  #interface({ name, vpcId, tier }: VpcEndpointsProps, service: EndpointService): VpcEndpoint {
    return new VpcEndpoint(this, service, {
      vpcId,
      serviceName: `com.amazonaws.${awsIdentity(this).region}.${service}`,
      vpcEndpointType: 'Interface',
      subnetIds: tier.subnetIds,
      securityGroupIds: this.securityGroup === undefined ? [] : [this.securityGroup.id],
      privateDnsEnabled: true,
      policy: interfaceEndpointPolicy(this, service),
      tags: { Name: `${name}-${service}` },
    });
  }
}
