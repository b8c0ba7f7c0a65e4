import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { checkPolicy, StackModel } from '@ecommerce-dms/stack';
import type { NetworkSettings } from './network-settings.ts';

const existing = {
  vpcId: 'vpc-1',
  databaseSubnetIds: ['subnet-1', 'subnet-2'],
  privateSubnetIds: ['subnet-3'],
};
const json = (network: Partial<NetworkSettings>) => presetJson('production', { network });

test('in a VPC that exists nothing of a network is made', () => {
  const stack = new StackModel(json({ existing }));
  const network = /^aws_(vpc$|subnet|route|nat|eip|internet|flow_log|vpc_endpoint|default_)/;
  expect(stack.resources.filter(({ type }) => network.test(type))).toEqual([]);
  expect(stack.ofType('aws_db_subnet_group')[0]?.config['subnet_ids']).toEqual(existing.databaseSubnetIds);
  expect(stack.ofType('aws_autoscaling_group')[0]?.config['vpc_zone_identifier']).toEqual(['subnet-3']);
  for (const { config } of stack.ofType('aws_security_group')) expect(config['vpc_id']).toBe('vpc-1');
  expect(checkPolicy(stack.json).findings).toEqual([]);
});

test('the bastion uses the endpoints of a VPC that exists', () => {
  const stack = new StackModel(json({ existing: { ...existing, endpointSecurityGroupId: 'sg-1' } }));
  const targets = stack
    .ofType('aws_vpc_security_group_egress_rule')
    .map(({ config }) => config['referenced_security_group_id']);
  expect(targets).toContain('sg-1');
});

test('every fault is reported at once', () => {
  const network = {
    existing: { vpcId: 'net-1', databaseSubnetIds: ['subnet-1'], privateSubnetIds: [] },
    cidr: '10.0.0.0/16',
    endpoints: [],
    flowLogs: true,
  };
  expect(() => json(network)).toThrow(
    /"net-1" is not[^]*has 1;[^]*privateSubnetIds is empty[^]*network.cidr is[^]*network.endpoints is[^]*network.flowLogs is/,
  );
  expect(() => json({ existing: { ...existing, privateSubnetIds: ['vpc-1'] } })).toThrow(/"vpc-1" is not/);
});
