import { expect, test } from 'vitest';
import { presetJson, testAccountId } from '../../test/preset-stack.ts';
import { type Json, list, object, StackModel, text } from '@ecommerce-dms/stack';
import { endpointServices } from './network-settings.ts';
import type { EndpointService } from './network-settings.ts';

const withEndpoints = (endpoints?: readonly EndpointService[]) =>
  new StackModel(presetJson('test', { network: { endpoints } }));
const all = withEndpoints(endpointServices);
const endpointOf = (stack: StackModel, service: string) =>
  stack
    .ofType('aws_vpc_endpoint')
    .find(({ config }) => text(config['service_name'])?.endsWith(`.${service}`));

function statementsOf(service: string) {
  const document = JSON.parse(text(endpointOf(all, service)?.config['policy']) ?? '{}') as {
    Statement: Json;
  };
  return list(document.Statement).map((statement) => object(statement) ?? {});
}

test('without being asked there is the gateway to S3, which costs nothing, and no group', () => {
  const stack = withEndpoints();
  const endpoints = stack.ofType('aws_vpc_endpoint').map(({ config }) => config['vpc_endpoint_type']);
  expect(endpoints).toEqual(['Gateway']);
  expect(stack.ofType('aws_security_group').filter(({ path }) => path?.includes('endpoints'))).toEqual([]);
  expect(withEndpoints([]).ofType('aws_vpc_endpoint')).toEqual([]);
});

test('the gateway serves the private subnets, and not those of the database', () => {
  const tables = list(endpointOf(all, 's3')?.config['route_table_ids']).map((id) => all.target(id)?.path);
  expect(tables).toHaveLength(2);
  for (const path of tables) expect(path).toContain('/private/');
});

test.each(endpointServices.filter((service) => service !== 's3'))(
  '%s has an interface in each private subnet, under the names of AWS',
  (service) => {
    const endpoint = endpointOf(all, service)?.config;
    expect(endpoint).toMatchObject({ vpc_endpoint_type: 'Interface', private_dns_enabled: true });
    const subnets = list(endpoint?.['subnet_ids']).map((id) => all.target(id)?.path);
    expect(subnets).toHaveLength(2);
    for (const path of subnets) expect(path).toContain('/private/');
  },
);

test('the interfaces are behind one group that lets private subnets in on 443', () => {
  const groups = all
    .ofType('aws_vpc_endpoint')
    .flatMap(({ config }) => list(config['security_group_ids']).map((id) => all.target(id)?.address));
  expect(new Set(groups).size).toBe(1);
  const rules = all
    .ofType('aws_vpc_security_group_ingress_rule')
    .filter(({ config }) => all.target(config['security_group_id'])?.address === groups[0])
    .map(({ config }) => [all.target(config['cidr_ipv4'])?.path, config['from_port'], config['to_port']]);
  expect(rules).toEqual(
    ['a', 'b'].map((zone) => [`shop-test/shop/network/private/subnet-eu-west-1${zone}`, 443, 443]),
  );
});

test.each(endpointServices)('the policy of %s is for principals of this account', (service) => {
  const [own] = statementsOf(service);
  expect(own?.['Condition']).toMatchObject({ StringEquals: { 'aws:PrincipalAccount': testAccountId } });
});

test('nothing can be written to a bucket of another account', () => {
  const [own, ofAws, ...rest] = statementsOf('s3');
  expect(own?.['Condition']).toMatchObject({ StringEquals: { 'aws:ResourceAccount': testAccountId } });
  expect(ofAws?.['Action']).toBe('s3:GetObject');
  expect(list(ofAws?.['Resource'])).not.toContain('*');
  expect(rest).toEqual([]);
});

test('an endpoint that is named twice, or that there is not, is refused', () => {
  const network = { endpoints: ['kms', 'kms', 'sqs' as 'sts'] as const };
  expect(() => presetJson('test', { network })).toThrow(/named twice[^]*no endpoint "sqs"/);
});
