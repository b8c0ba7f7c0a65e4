import { type StackModel, type StackResource, text } from '../model/stack-model.ts';
import { references } from '../model/references.ts';

/** Attributes that say where a resource lies, the closest first. */
const placedBy = [
  'subnet_id',
  'subnet_ids',
  'vpc_subnet_ids',
  'vpc_zone_identifier',
  'db_subnet_group_name',
  'cluster_identifier',
  'replicate_source_db',
  'vpc_id',
];

export interface Place {
  /** Node of the subnets, or of the VPC. */
  readonly node: string;
  /** The zone, where there is only one. */
  readonly zones: readonly string[];
}

/** Where a resource lies: in subnets, or in a VPC; undefined for what lies in no network. */
export function placeOf(resource: StackResource, stack: StackModel): Place | undefined {
  for (const attribute of placedBy) {
    const targets = resourcesIn(resource.config[attribute], stack);
    const subnets = targets.filter(({ type }) => type === 'aws_subnet');
    const [subnet] = subnets;
    if (subnet !== undefined) {
      return { node: tierOf(subnet), zones: subnets.length === 1 ? [zoneOf(subnet)] : [] };
    }
    const [target] = targets;
    if (target?.type === 'aws_vpc') return { node: target.address, zones: [] };
    const place = target && placeOf(target, stack);
    if (place !== undefined) return place;
  }
  return undefined;
}

export function vpcOf(subnet: StackResource, stack: StackModel): StackResource | undefined {
  return resourcesIn(subnet.config['vpc_id'], stack).find(({ type }) => type === 'aws_vpc');
}

export function zoneOf({ config }: StackResource): string {
  return text(config['availability_zone']) ?? 'any zone';
}

/** Node of the subnets that one construct has made. */
export function tierOf(subnet: StackResource): string {
  return `tier:${constructOf(subnet)}`;
}

/** Path of the construct that a resource belongs to. */
export function constructOf({ path, address }: StackResource): string {
  return path?.split('/').slice(0, -1).join('/') ?? address;
}

export function resourcesIn(value: StackResource['config'][string], stack: StackModel): StackResource[] {
  const addresses = new Set(references(value));
  return stack.resources.filter(({ address }) => addresses.has(address));
}
