import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { StackModel } from '@ecommerce-dms/stack';
import type { NetworkSettings } from './network-settings.ts';

function network(settings: {
  zoneCount?: 2 | 3;
  nat?: NetworkSettings['nat'];
  cidr?: string;
  flowLogs?: boolean;
}) {
  return new StackModel(presetJson('production', { network: settings, bastion: false, rotation: false }));
}

test.each([
  { nat: 'per-zone', zoneCount: 3, gateways: 3, addresses: 3, privateRoutes: 3 },
  { nat: 'per-zone', zoneCount: 2, gateways: 2, addresses: 2, privateRoutes: 2 },
  { nat: 'single', zoneCount: 3, gateways: 1, addresses: 1, privateRoutes: 3 },
  { nat: 'none', zoneCount: 3, gateways: 0, addresses: 0, privateRoutes: 0 },
] as const)('NAT $nat over $zoneCount zones', ({ nat, zoneCount, gateways, addresses, privateRoutes }) => {
  const stack = network({ nat, zoneCount });
  const routes = stack.ofType('aws_route').map(({ config }) => config);
  expect({
    gateways: stack.ofType('aws_nat_gateway').length,
    addresses: stack.ofType('aws_eip').length,
    privateRoutes: routes.filter((route) => route['nat_gateway_id'] !== undefined).length,
    publicRoutes: routes.filter((route) => route['gateway_id'] !== undefined).length,
    subnets: stack.ofType('aws_subnet').length,
  }).toEqual({ gateways, addresses, privateRoutes, publicRoutes: zoneCount, subnets: zoneCount * 3 });
});

test('each private subnet goes out by the NAT gateway of its own zone', () => {
  const stack = network({ nat: 'per-zone' });
  const natRoutes = stack.ofType('aws_route').filter(({ config }) => config['nat_gateway_id'] !== undefined);
  const zones = natRoutes.map(({ config }) => {
    const gateway = stack.target(config['nat_gateway_id']);
    const table = stack.target(config['route_table_id']);
    const association = stack
      .ofType('aws_route_table_association')
      .find((candidate) => stack.target(candidate.config['route_table_id'])?.address === table?.address);
    return [gateway?.config['subnet_id'], association?.config['subnet_id']].map(
      (subnet) => stack.target(subnet)?.config['availability_zone'],
    );
  });
  expect(zones).toEqual([
    ['eu-west-1a', 'eu-west-1a'],
    ['eu-west-1b', 'eu-west-1b'],
    ['eu-west-1c', 'eu-west-1c'],
  ]);
});

test('database subnets have no route out of the VPC', () => {
  const stack = network({});
  const tables = stack.ofType('aws_route').map(({ config }) => stack.target(config['route_table_id'])?.path);
  expect(tables.filter((path) => path?.includes('/database/'))).toEqual([]);
});

test('flow logs can be left out', () => {
  expect(network({ flowLogs: false }).ofType('aws_flow_log')).toEqual([]);
});

test('subnets follow the block of the VPC', () => {
  const blocks = network({ cidr: '172.20.4.0/22', zoneCount: 2 })
    .ofType('aws_subnet')
    .map(({ config }) => config['cidr_block']);
  expect(blocks.toSorted()).toEqual([
    '172.20.4.0/26',
    '172.20.4.64/26',
    '172.20.5.0/26',
    '172.20.5.64/26',
    '172.20.6.0/26',
    '172.20.6.64/26',
  ]);
});

test('every fault is reported at once', () => {
  const settings = { network: { cidr: '10.0.0.0/8' }, logRetentionDays: 8 };
  expect(() => presetJson('production', settings)).toThrow(
    /"10.0.0.0\/8" is not a block of \/16 to \/24[^]*is 8;/,
  );
});
