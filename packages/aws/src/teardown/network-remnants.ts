import {
  type Address,
  DescribeAddressesCommand,
  EC2Client,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeVpcEndpoints,
} from '@aws-sdk/client-ec2';
import { inStack, nameOf } from './ec2-filters.ts';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, free, isOwned } from './remnant.ts';

export const natGateways: Finder = async (scope) => {
  const client = new EC2Client({ region: scope.region });
  const gateways = await inStack(client, scope, 'NatGatewayId', (filters) =>
    allOf(paginateDescribeNatGateways({ client }, { Filter: filters }), (page) => page.NatGateways),
  );
  return gateways
    .filter(({ State }) => State !== 'deleted')
    .map(({ NatGatewayId: id = '', State }) => ({
      kind: 'NAT gateway',
      id,
      detail: State,
      monthlyUsd: monthlyPrice(scope, 'nat.hour', 1),
      removal: `ec2 delete-nat-gateway --nat-gateway-id ${id}`,
    }));
};

/** An address costs the same whether something uses it or not. */
export const elasticAddresses: Finder = async (scope) => {
  // AWS lists them without pages. An address is in no VPC.
  const { Addresses = [] } = await new EC2Client({ region: scope.region }).send(
    new DescribeAddressesCommand({}),
  );
  return Addresses.filter((address: Address) => isOwned(scope, nameOf(address.Tags), address.Tags)).map(
    ({ AllocationId: id = '', PublicIp }) => ({
      kind: 'elastic address',
      id,
      detail: PublicIp,
      monthlyUsd: monthlyPrice(scope, 'ipv4.hour', 1),
      removal: `ec2 release-address --allocation-id ${id}`,
    }),
  );
};

export const vpcEndpoints: Finder = async (scope) => {
  const client = new EC2Client({ region: scope.region });
  const endpoints = await inStack(client, scope, 'VpcEndpointId', (Filters) =>
    allOf(paginateDescribeVpcEndpoints({ client }, { Filters }), (page) => page.VpcEndpoints),
  );
  return endpoints
    .filter(({ State }) => String(State).toLowerCase() !== 'deleted')
    .map(({ VpcEndpointId: id = '', VpcEndpointType, ServiceName, State, SubnetIds }) => {
      const charged = VpcEndpointType !== 'Gateway';
      return {
        kind: 'VPC endpoint',
        id,
        detail: `${ServiceName}, ${State}`,
        charged,
        monthlyUsd: charged ? monthlyPrice(scope, 'endpoint.hour', SubnetIds?.length) : 0,
        removal: `ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`,
      };
    });
};

/** Free in themselves; one that is left keeps its network, and often belongs to something that is not free. */
export const networkInterfaces: Finder = async (scope) => {
  const client = new EC2Client({ region: scope.region });
  const interfaces = await inStack(client, scope, 'NetworkInterfaceId', (Filters) =>
    allOf(paginateDescribeNetworkInterfaces({ client }, { Filters }), (page) => page.NetworkInterfaces),
  );
  return interfaces.map(({ NetworkInterfaceId: id = '', Description, Status }) => ({
    kind: 'network interface',
    id,
    detail: [Description, Status].filter((part) => part !== undefined && part !== '').join(', '),
    ...free,
    removal: `ec2 delete-network-interface --network-interface-id ${id}`,
  }));
};
