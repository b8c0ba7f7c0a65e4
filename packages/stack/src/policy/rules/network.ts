import type { JsonObject } from '../../model/stack-json.ts';
import { blocks, list, object, type StackModel, type StackResource, text } from '../../model/stack-model.ts';
import { hasReferrer, isOffOrUnset, type PolicyRule, unless } from '../policy-rule.ts';

const ingressRule = 'aws_vpc_security_group_ingress_rule';
const egressRule = 'aws_vpc_security_group_egress_rule';
const oldRule = 'aws_security_group_rule';
const group = 'aws_security_group';

/** VPC, subnets and security groups. */
export const networkRules: readonly PolicyRule[] = [
  {
    id: 'vpc-flow-logs',
    severity: 'medium',
    why: 'After an incident nobody can find out who talked to whom.',
    fix: 'Add an aws_flow_log for the VPC.',
    ids: { checkov: ['CKV2_AWS_11'], trivy: ['AWS-0178'], securityHub: ['EC2.6'] },
    broken: unless('aws_vpc', hasReferrer('aws_flow_log', 'vpc_id')),
  },
  {
    id: 'vpc-default-group-closed',
    severity: 'high',
    why: 'What is started without a security group gets the default one, which allows all traffic among its members and outwards.',
    fix: 'Add an aws_default_security_group of the VPC, without rules.',
    ids: { checkov: ['CKV2_AWS_12'], securityHub: ['EC2.2'] },
    broken: unless('aws_vpc', (vpc, stack) =>
      stack
        .referrers('aws_default_security_group', 'vpc_id', vpc)
        .some(({ config }) => list(config['ingress']).length + list(config['egress']).length === 0),
    ),
  },
  {
    id: 'subnet-no-public-addresses',
    severity: 'high',
    why: 'Everything that is started in the subnet gets a public address.',
    fix: 'Set map_public_ip_on_launch to false.',
    ids: { checkov: ['CKV_AWS_130'], trivy: ['AWS-0164'], securityHub: ['EC2.15'] },
    broken: unless('aws_subnet', isOffOrUnset('map_public_ip_on_launch')),
  },
  {
    id: 'security-group-described',
    severity: 'low',
    why: 'A rule that nobody can explain is never removed.',
    fix: 'Describe the group and each of its rules.',
    ids: { checkov: ['CKV_AWS_23'], trivy: ['AWS-0099', 'AWS-0124'] },
    broken: unless([group, ingressRule, egressRule, oldRule], ({ config }) =>
      [config, ...blocks(config['ingress']), ...blocks(config['egress'])].every(
        (described) => (text(described['description']) ?? '') !== '',
      ),
    ),
  },
  {
    id: 'security-group-no-open-ingress',
    severity: 'critical',
    why: 'Anybody on the internet can connect.',
    fix: 'Name a security group, or a narrower range of addresses, as the source.',
    ids: {
      checkov: ['CKV_AWS_24', 'CKV_AWS_25', 'CKV_AWS_260', 'CKV_AWS_277'],
      trivy: ['AWS-0107'],
      securityHub: ['EC2.18', 'EC2.19'],
    },
    broken: unless(
      [group, ingressRule, oldRule],
      (resource, stack) => !directed(resource, 'ingress', ingressRule).some((rule) => mayBeOpen(rule, stack)),
    ),
  },
  {
    id: 'security-group-no-open-egress',
    severity: 'high',
    why: 'An intruder can send data anywhere.',
    fix: 'Name the destinations that are needed.',
    ids: { checkov: ['CKV_AWS_382'], trivy: ['AWS-0104'] },
    broken: unless(
      [group, egressRule, oldRule],
      (resource, stack) => !directed(resource, 'egress', egressRule).some((rule) => mayBeOpen(rule, stack)),
    ),
  },
];

/** The rules of one direction: in a group, where an expression may be any, or a rule that is a resource of its own. */
function directed({ type, config }: StackResource, direction: string, ownType: string): JsonObject[] {
  if (type === group) return list(config[direction]).map((rule) => object(rule) ?? { cidr_blocks: rule });
  return type === ownType || config['type'] === direction ? [config] : [];
}

/** Whether a rule has every address, or an expression that may be every address: not one of a resource. */
function mayBeOpen(rule: JsonObject, stack: StackModel): boolean {
  return ['cidr_ipv4', 'cidr_ipv6', 'cidr_blocks', 'ipv6_cidr_blocks']
    .flatMap((key) => list(rule[key]))
    .some(
      (block) =>
        block === '0.0.0.0/0' ||
        block === '::/0' ||
        (text(block)?.includes('${') === true && stack.target(block) === undefined),
    );
}
