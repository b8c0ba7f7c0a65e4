import { type Breaks, editBlocks, policyFor } from './breaks.ts';

/** Each protocol, and so each port. */
const everything = { ip_protocol: '-1', from_port: undefined, to_port: undefined };

/** VPCs, security groups, endpoints, names and machines. */
export const brokenNetworks: Breaks = {
  'vpc-flow-logs': [
    (draft) => draft.remove('aws_flow_log'),
    (draft) => draft.set('aws_flow_log', { vpc_id: 'vpc-1234' }),
  ],
  'vpc-default-group-closed': [
    (draft) => draft.remove('aws_default_security_group'),
    (draft) => draft.set('aws_default_security_group', { egress: { protocol: '-1' } }),
    (draft) => draft.set('aws_default_security_group', { egress: '${var.rules}' }),
  ],
  'subnet-no-public-addresses': [
    (draft) => draft.set('aws_subnet', { map_public_ip_on_launch: true }),
    (draft) => draft.set('aws_subnet', { map_public_ip_on_launch: '${var.public}' }),
  ],
  'security-group-described': [
    (draft) => draft.set('aws_security_group', { description: undefined }),
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { description: '' }),
    (draft) =>
      draft.set('aws_security_group', { ingress: [{ cidr_blocks: ['10.0.0.0/8'], from_port: 443 }] }),
  ],
  'security-group-no-open-ingress': [
    (draft) =>
      draft.set('aws_vpc_security_group_ingress_rule', {
        ...everything,
        cidr_ipv4: '0.0.0.0/0',
        referenced_security_group_id: undefined,
      }),
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { cidr_ipv4: '0.0.0.0/0' }),
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { cidr_ipv6: '::/0' }),
    (draft) => draft.set('aws_vpc_security_group_ingress_rule', { cidr_ipv4: '${var.clients}' }),
    (draft) => draft.set('aws_security_group', { ingress: { cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'] } }),
    (draft) => draft.set('aws_security_group', { ingress: '${var.rules}' }),
    (draft) => draft.add('aws_security_group_rule', { type: 'ingress', cidr_blocks: ['0.0.0.0/0'] }),
  ],
  'security-group-no-open-egress': [
    (draft) =>
      draft.set('aws_vpc_security_group_egress_rule', {
        ...everything,
        cidr_ipv4: '0.0.0.0/0',
        referenced_security_group_id: undefined,
      }),
    (draft) => draft.set('aws_vpc_security_group_egress_rule', { cidr_ipv4: '0.0.0.0/0' }),
    (draft) => draft.set('aws_security_group', { egress: [{ cidr_blocks: '${var.targets}' }] }),
    (draft) => draft.set('aws_security_group', { egress: [{ ipv6_cidr_blocks: ['::/0'] }] }),
    (draft) => draft.set('aws_security_group', { egress: ['${var.rule}'] }),
    (draft) => draft.add('aws_security_group_rule', { type: 'egress', cidr_blocks: ['0.0.0.0/0'] }),
  ],
  'endpoint-policy': [
    (draft) => draft.set('aws_vpc_endpoint', { policy: undefined }),
    (draft) => draft.set('aws_vpc_endpoint', { policy: policyFor('*', '*') }),
  ],
  'dns-queries-logged': [(draft) => draft.set('aws_route53_zone', { vpc: undefined })],
  'dns-zone-signed': [(draft) => draft.set('aws_route53_zone', { vpc: undefined })],
  'security-group-used': [
    (draft) => draft.add('aws_security_group', { name: 'forgotten', description: 'Of nobody' }),
  ],
  'address-used': [(draft) => draft.add('aws_eip', { domain: 'vpc' })],
  'machine-metadata-v2': [
    (draft) => draft.set('aws_launch_template', { metadata_options: { http_tokens: 'optional' } }),
    (draft) =>
      draft.set('aws_launch_template', {
        metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 2 }],
      }),
    (draft) =>
      draft.set('aws_launch_template', {
        metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: '${var.hops}' }],
      }),
    (draft) => draft.set('aws_launch_template', { metadata_options: undefined }),
  ],
  'machine-no-public-address': [
    (draft) =>
      editBlocks(draft, 'aws_launch_template', 'network_interfaces', (block) => ({
        ...block,
        associate_public_ip_address: 'true',
      })),
  ],
  'machine-volumes-encrypted': [
    (draft) => draft.set('aws_launch_template', { block_device_mappings: [{ ebs: { encrypted: 'false' } }] }),
    (draft) => draft.set('aws_launch_template', { block_device_mappings: undefined }),
  ],
  'machine-no-key-pair': [(draft) => draft.set('aws_launch_template', { key_name: 'laptop' })],
  'machine-monitoring': [(draft) => draft.set('aws_launch_template', { monitoring: { enabled: false } })],
  'machines-by-template': [
    (draft) =>
      draft.set('aws_autoscaling_group', { launch_template: undefined, launch_configuration: 'old' }),
  ],
  'machines-tagged': [(draft) => draft.set('aws_autoscaling_group', { tag: undefined })],
};
