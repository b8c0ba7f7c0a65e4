import { blocks, list, type StackModel, type StackResource } from '../../model/stack-model.ts';
import { allowsEverybody, statementsOf } from '../policy-document.ts';
import { hasReferrer, type PolicyRule, unless } from '../policy-rule.ts';

const ruleTypes = [
  'aws_security_group',
  'aws_security_group_rule',
  'aws_vpc_security_group_ingress_rule',
  'aws_vpc_security_group_egress_rule',
];

/** Ways to AWS's services, names, and what nobody uses. */
export const reachabilityRules: readonly PolicyRule[] = [
  {
    id: 'endpoint-policy',
    severity: 'medium',
    why: 'Through an endpoint without restrictions, data can be sent to any account.',
    fix: 'Set policy, with named resources or a condition on the account.',
    broken: unless(
      'aws_vpc_endpoint',
      ({ config }) =>
        statementsOf(config['policy'])?.some(
          (statement) => allowsEverybody(statement) && list(statement['Resource']).includes('*'),
        ) === false,
    ),
  },
  {
    id: 'dns-queries-logged',
    severity: 'low',
    why: 'Nobody can find out who queried a public zone for what.',
    fix: 'Add an aws_route53_query_log of the zone; if the zone is meant to be private, name its VPC.',
    ids: { checkov: ['CKV2_AWS_39'], securityHub: ['Route53.2'] },
    broken: unless('aws_route53_zone', isPrivateOrHas('aws_route53_query_log', 'zone_id')),
  },
  {
    id: 'dns-zone-signed',
    severity: 'low',
    why: 'Forged answers can redirect the names of a public zone.',
    fix: 'Add an aws_route53_hosted_zone_dnssec of the zone; if the zone is meant to be private, name its VPC.',
    ids: { checkov: ['CKV2_AWS_38'] },
    broken: unless('aws_route53_zone', isPrivateOrHas('aws_route53_hosted_zone_dnssec', 'hosted_zone_id')),
  },
  {
    id: 'security-group-used',
    severity: 'low',
    why: 'A group that is attached to nothing is forgotten, and later reused by mistake.',
    fix: 'Attach the group, or remove it.',
    ids: { checkov: ['CKV2_AWS_5'], securityHub: ['EC2.22'] },
    broken: unless('aws_security_group', (group, stack) => isUsed(group, stack, ruleTypes)),
  },
  {
    id: 'address-used',
    severity: 'low',
    why: 'An address that is attached to nothing is still paid for.',
    fix: 'Attach the address, or remove it.',
    ids: { checkov: ['CKV2_AWS_19'], securityHub: ['EC2.12'] },
    broken: unless('aws_eip', (address, stack) => isUsed(address, stack, [])),
  },
];

/** A private zone, or one that a resource of `type` refers to by `attribute`. */
function isPrivateOrHas(type: string, attribute: string) {
  const has = hasReferrer(type, attribute);
  return (zone: StackResource, stack: StackModel) =>
    blocks(zone.config['vpc']).length > 0 || has(zone, stack);
}

/** Whether a resource of a type that is not in `except` refers to it, or it names what it is attached to. */
function isUsed({ address, config }: StackResource, stack: StackModel, except: readonly string[]): boolean {
  const attached = [...list(config['instance']), ...list(config['network_interface'])];
  return (
    attached.length > 0 ||
    stack.resources.some(
      (other) =>
        other.address !== address &&
        !except.includes(other.type) &&
        JSON.stringify(other.config).includes(`${address}.`),
    )
  );
}
