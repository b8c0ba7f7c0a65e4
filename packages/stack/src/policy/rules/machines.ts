import type { JsonObject } from '../../model/stack-json.ts';
import { blocks } from '../../model/stack-model.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

const template = 'aws_launch_template';

/** Launch templates and groups of machines: the bastion. */
export const machineRules: readonly PolicyRule[] = [
  {
    id: 'machine-metadata-v2',
    severity: 'high',
    why: 'With version 1 of the metadata service, a forged request (SSRF) gives away the credentials of the role.',
    fix: 'Set http_tokens to required and http_put_response_hop_limit to 1 in metadata_options.',
    ids: {
      checkov: ['CKV_AWS_79', 'CKV_AWS_341'],
      trivy: ['AWS-0130'],
      securityHub: ['EC2.170', 'AutoScaling.4'],
    },
    broken: unless(template, ({ config }) =>
      blocks(config['metadata_options']).some(
        (options) =>
          options['http_endpoint'] === 'disabled' ||
          (options['http_tokens'] === 'required' && (options['http_put_response_hop_limit'] ?? 1) === 1),
      ),
    ),
  },
  {
    id: 'machine-no-public-address',
    severity: 'high',
    why: 'A machine with a public address can be attacked from anywhere.',
    fix: 'Set associate_public_ip_address to false in each block of network_interfaces.',
    ids: { checkov: ['CKV_AWS_88'], securityHub: ['EC2.25', 'AutoScaling.5'] },
    broken: unless(template, ({ config }) =>
      blocks(config['network_interfaces']).every((network) => isNo(network, 'associate_public_ip_address')),
    ),
  },
  {
    id: 'machine-volumes-encrypted',
    severity: 'high',
    why: 'Whoever gets hold of a volume or a snapshot can read what the machine wrote.',
    fix: 'Set encrypted to true in the ebs block of each of block_device_mappings.',
    ids: { checkov: ['CKV_AWS_8'], trivy: ['AWS-0008', 'AWS-0131'], securityHub: ['EC2.3'] },
    broken: unless(template, ({ config }) => {
      const volumes = blocks(config['block_device_mappings']).flatMap((mapping) => blocks(mapping['ebs']));
      return volumes.length > 0 && volumes.every((volume) => isYes(volume, 'encrypted'));
    }),
  },
  {
    id: 'machine-no-key-pair',
    severity: 'medium',
    why: 'A private key is copied and kept; Session Manager records who connected, and when.',
    fix: 'Remove key_name, and connect by Session Manager.',
    broken: unless(template, ({ config }) => config['key_name'] === undefined),
  },
  {
    id: 'machine-monitoring',
    severity: 'low',
    why: 'Metrics every five minutes miss a peak of one minute.',
    fix: 'Set enabled to true in monitoring.',
    ids: { checkov: ['CKV_AWS_126'] },
    broken: unless(template, ({ config }) =>
      blocks(config['monitoring']).some((monitoring) => monitoring['enabled'] === true),
    ),
  },
  {
    id: 'machines-by-template',
    severity: 'medium',
    why: "Launch configurations get no new instance types since 2023, and can't tag volumes.",
    fix: 'Set launch_template.',
    ids: { checkov: ['CKV_AWS_315'], securityHub: ['AutoScaling.9'] },
    broken: unless(
      'aws_autoscaling_group',
      ({ config }) =>
        config['launch_template'] !== undefined || config['mixed_instances_policy'] !== undefined,
    ),
  },
  {
    id: 'machines-tagged',
    severity: 'low',
    why: "The provider's default tags do not reach the machines that a group starts: nobody knows who owns them.",
    fix: 'Add tag blocks with propagate_at_launch.',
    ids: { checkov: ['CKV_AWS_153'] },
    broken: unless('aws_autoscaling_group', ({ config }) => blocks(config['tag']).length > 0),
  },
];

/** The provider has some switches as text. */
function isYes(block: JsonObject, name: string): boolean {
  return block[name] === true || block[name] === 'true';
}

function isNo(block: JsonObject, name: string): boolean {
  return block[name] === false || block[name] === 'false';
}
