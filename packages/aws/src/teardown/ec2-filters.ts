import { type EC2Client, type Filter, paginateDescribeVpcs, type Tag } from '@aws-sdk/client-ec2';
import { allOf, isOwned, type StackScope } from './remnant.ts';

/**
 * What EC2 has of a stack: by its tag, by its name, and what is in the stack's networks whatever its tags say.
 *
 * @param idKey property with the id of what is listed
 */
export async function inStack<Key extends string, Item extends { [K in Key]?: string } & { Tags?: Tag[] }>(
  client: EC2Client,
  scope: StackScope,
  idKey: Key,
  list: (filters: Filter[]) => Promise<Item[]>,
): Promise<Item[]> {
  const own = ownFilters(scope);
  const vpcs = await Promise.all(
    own.map((filter) => allOf(paginateDescribeVpcs({ client }, { Filters: [filter] }), (page) => page.Vpcs)),
  );
  const vpcIds = vpcs
    .flat()
    .filter(({ Tags }) => isOwned(scope, nameOf(Tags), Tags))
    .map(({ VpcId = '' }) => VpcId);
  const inVpcs = vpcIds.length === 0 ? [] : [{ Name: 'vpc-id', Values: [...new Set(vpcIds)] }];
  const found = await Promise.all([...own, ...inVpcs].map((filter) => list([filter])));
  const byId = new Map(found.flat().map((item) => [item[idKey], item]));
  return [...byId.values()].filter(
    ({ Tags = [] }) => !Tags.some(({ Key }) => Key === 'Stack') || isOwned(scope, undefined, Tags),
  );
}

function ownFilters({ stack, name }: StackScope): Filter[] {
  return [
    { Name: 'tag:Stack', Values: [stack] },
    { Name: 'tag:Name', Values: [name, `${name}-*`] },
  ];
}

/** What the console shows as the resource's name. */
export function nameOf(tags: readonly Tag[] = []): string | undefined {
  return tags.find(({ Key }) => Key === 'Name')?.Value;
}
