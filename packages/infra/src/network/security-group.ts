import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import type { Construct } from 'constructs';
import { suppress } from '../policy/suppress.ts';
import type { ServiceAccess } from './database-network.ts';

export interface SecurityGroupProps {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
}

/** A security group without a rule. It is replaced before it is removed, so its name is a prefix. */
export function securityGroup(scope: Construct, id: string, props: SecurityGroupProps): SecurityGroup {
  const { name, description, vpcId } = props;
  return new SecurityGroup(scope, id, {
    namePrefix: `${name}-`,
    description,
    vpcId,
    lifecycle: { createBeforeDestroy: true },
    tags: { Name: name },
  });
}

/** The part of a security group's rule that allows TCP on one port. */
export function tcp(port: number) {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port };
}

export interface ServiceEgressProps {
  /** `Systems Manager`. */
  readonly service: string;
  readonly access: ServiceAccess;
  /** The VPC endpoints that would do without the internet: `The endpoint secretsmanager closes`. */
  readonly closedBy: string;
}

/** Lets the members of a security group reach one AWS service: by its endpoints, or else any address on port 443. */
export function allowService(scope: Construct, group: SecurityGroup, props: ServiceEgressProps): void {
  const { service, access, closedBy } = props;
  const byEndpoint = typeof access === 'object';
  const rule = new VpcSecurityGroupEgressRule(scope, `to-${service.toLowerCase().replace(' ', '-')}`, {
    securityGroupId: group.id,
    ...(byEndpoint ? { referencedSecurityGroupId: access.securityGroupId } : { cidrIpv4: '0.0.0.0/0' }),
    ...tcp(443),
    description: `HTTPS to ${service}`,
  });
  if (byEndpoint) return;
  const reason = `AWS publishes no prefix list for ${service}. ${closedBy} this rule.`;
  suppress(rule, 'security-group-no-open-egress', reason);
}
