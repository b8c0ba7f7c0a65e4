import { blocks, list, number, text } from '../model/stack-model.ts';
import type { CostItem, Pricer } from './cost-item.ts';

export const priceNatGateway: Pricer = (_resource, _stack, usage) => [
  { component: 'NAT gateway', priceKey: 'nat.hour', quantity: 1 },
  { component: 'data through the NAT gateway', priceKey: 'nat.data', quantity: usage.natGBPerMonth },
];

/** A gateway endpoint is free; an interface endpoint is paid for each zone that it is in. */
export const priceEndpoint: Pricer = ({ config }, _stack, usage) => {
  if ((text(config['vpc_endpoint_type']) ?? 'Gateway') === 'Gateway') return [];
  const subnets = config['subnet_ids'];
  // One expression may stand for any number of subnets.
  const areListed = Array.isArray(subnets) && !list(subnets).some((subnet) => text(subnet)?.includes('[*]'));
  const zones = areListed ? subnets.length : 0;
  const service = text(config['service_name'])?.split('.').at(-1) ?? 'a service';
  if (zones === 0) return { unpriced: 'how many zones it is in is not literal' };
  return [
    { component: `VPC endpoint of ${service} in ${zones} zones`, priceKey: 'endpoint.hour', quantity: zones },
    {
      component: 'data through the VPC endpoint',
      priceKey: 'endpoint.data',
      quantity: usage.endpointGBPerMonth,
    },
  ];
};

/** The instances that an auto scaling group keeps, with the volumes of its launch template. */
export const priceScalingGroup: Pricer = ({ config }, stack) => {
  const count = number(config['desired_capacity']) ?? number(config['min_size']);
  const [reference] = blocks(config['launch_template']);
  const template = stack.target(reference?.['id'] ?? reference?.['name'], 'aws_launch_template');
  const instanceType = text(template?.config['instance_type']);
  if (count === undefined) return { unpriced: 'its capacity is not literal' };
  if (instanceType === undefined) return { unpriced: 'its instance type is not literal' };
  const volumes = blocks(template?.config['block_device_mappings']).flatMap(({ ebs }) => blocks(ebs));
  const items: CostItem[] = [{ component: instanceType, priceKey: `ec2.${instanceType}`, quantity: count }];
  // An image brings its own volume where the template names none.
  if (volumes.length === 0) return { unpriced: 'its volumes are not literal' };
  for (const volume of volumes) {
    const gib = number(volume['volume_size']);
    const type = text(volume['volume_type']);
    if (gib === undefined || type === undefined)
      return { unpriced: 'the size or type of one of its volumes is not literal' };
    items.push({ component: `${type} volume, ${gib} GiB`, priceKey: `ebs.${type}`, quantity: count * gib });
  }
  return items;
};
