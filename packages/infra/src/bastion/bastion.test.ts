import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { blocks, checkPolicy, type Json, list, object, StackModel, text } from '@ecommerce-dms/stack';
import type { NetworkSettings } from '../network/network-settings.ts';

const bastion = (network: Partial<NetworkSettings> = {}) =>
  new StackModel(presetJson('production', { network, bastion: true, rotation: false }));
const stack = bastion();
const [template] = stack.ofType('aws_launch_template');
const [group] = stack.ofType('aws_autoscaling_group');

function statementsOf(name: string) {
  const policy = stack.ofType('aws_iam_policy').find(({ config }) => config['name'] === name);
  const document = JSON.parse(text(policy?.config['policy']) ?? '{}') as { Statement: Json };
  return list(document.Statement).map((statement) => object(statement) ?? {});
}

const outwards = (model: StackModel) =>
  model
    .ofType('aws_vpc_security_group_egress_rule')
    .filter(({ path }) => path?.includes('/bastion/'))
    .map(({ config }) => ({
      to: config['cidr_ipv4'] ?? model.target(config['referenced_security_group_id'])?.path,
      ports: [config['from_port'], config['to_port']],
    }));

const accepted = ({ json }: StackModel) =>
  checkPolicy(json)
    .suppressed.filter(({ path }) => path?.includes('/bastion/'))
    .map(({ rule }) => rule);

test('nothing comes in: no rule, no key pair, no public address', () => {
  const ingress = stack
    .ofType('aws_vpc_security_group_ingress_rule')
    .map(({ config }) => config['security_group_id']);
  expect(ingress.map((id) => stack.target(id)?.path).filter((path) => path?.includes('/bastion/'))).toEqual(
    [],
  );
  expect(template?.config).not.toHaveProperty('key_name');
  const [nic] = blocks(template?.config['network_interfaces']);
  expect(nic?.['associate_public_ip_address']).toBe('false');
  expect(list(nic?.['security_groups']).map((id) => stack.target(id)?.path)).toEqual([
    'shop-production/shop/bastion/security-group',
    'shop-production/shop/access/clients',
  ]);
});

test('its metadata asks for a token, its volume is encrypted with the customer key', () => {
  expect(template?.config['metadata_options']).toEqual({
    http_endpoint: 'enabled',
    http_tokens: 'required',
    http_put_response_hop_limit: 1,
  });
  const [disk] = blocks(blocks(template?.config['block_device_mappings'])[0]?.['ebs']);
  expect(disk).toMatchObject({ encrypted: 'true', volume_type: 'gp3' });
  expect(stack.target(disk?.['kms_key_id'])?.type).toBe('aws_kms_key');
});

test('Auto Scaling may use the key by a role that this stack makes', () => {
  const [grant] = stack.ofType('aws_kms_grant');
  const role = stack.target(grant?.config['grantee_principal']);
  expect(role?.config).toMatchObject({
    aws_service_name: 'autoscaling.amazonaws.com',
    custom_suffix: 'shop-production',
  });
  expect(stack.target(group?.config['service_linked_role_arn'])?.address).toBe(role?.address);
});

test('one instance, in any of the private subnets, with all tags', () => {
  expect(group?.config).toMatchObject({ min_size: 1, max_size: 1, desired_capacity: 1 });
  const subnets = list(group?.config['vpc_zone_identifier']).map((id) => stack.target(id)?.path);
  expect(subnets).toHaveLength(3);
  for (const path of subnets) expect(path).toContain('/private/');
  const tags = {
    Environment: 'production',
    Owner: 'shop-team',
    CostCenter: '4711',
    Stack: 'shop-production',
  };
  for (const specification of blocks(template?.config['tag_specifications'])) {
    expect(specification['tags']).toEqual({ ...tags, Name: 'shop-production-bastion' });
  }
  expect(blocks(group?.config['tag'])).toHaveLength(5);
});

test('people forward ports through it, and start no shell', () => {
  const [instances, document] = statementsOf('shop-production-bastion-connect');
  expect(instances?.['Condition']).toEqual({
    StringEquals: { 'ssm:resourceTag/Name': 'shop-production-bastion' },
    BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' },
  });
  expect(document?.['Resource']).toMatch(/:document\/AWS-StartPortForwardingSessionToRemoteHost$/);
});

test('the output is the command', () => {
  const command = text(stack.json.output?.['bastion_session_command']?.['value']);
  expect(command).toMatch(
    /^aws ssm start-session .*shop-production-bastion.* --parameters host=\$\{aws_db_instance\.\S+\.address\},portNumber=15432,localPortNumber=15432$/,
  );
});

test('by NAT it goes out to any address, with a reason; by endpoints to their group alone', () => {
  expect(outwards(stack)).toEqual([{ to: '0.0.0.0/0', ports: [443, 443] }]);
  expect(accepted(stack)).toEqual(['security-group-no-open-egress']);
  const closed = bastion({ nat: 'none', endpoints: ['s3', 'ssm', 'ssmmessages'] });
  expect(outwards(closed)).toEqual([
    { to: 'shop-production/shop/network/endpoints/security-group', ports: [443, 443] },
  ]);
  expect(accepted(closed)).toEqual([]);
  const ofBastion = checkPolicy(closed.json).findings.filter(({ path }) => path?.includes('/bastion/'));
  expect(ofBastion).toEqual([]);
});

test('without a way to Systems Manager it is refused', () => {
  expect(() => bastion({ nat: 'none', endpoints: ['s3', 'ssm'] })).toThrow(/do not reach Systems Manager/);
});

test('an environment without one has nothing of it', () => {
  const types = new StackModel(presetJson('production', { bastion: false })).resources.map(
    ({ type }) => type,
  );
  expect(types).not.toContain('aws_autoscaling_group');
  expect(types).not.toContain('aws_kms_grant');
});
