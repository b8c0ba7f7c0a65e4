import type { StackModel, StackResource } from '../model/stack-model.ts';
import { resourcesIn, tierOf } from './placement.ts';

const groupAttributes = [
  'vpc_security_group_ids',
  'security_group_ids',
  'network_interfaces',
  // Of a CloudFormation stack.
  'parameters',
];

/** What is in a security group; for a launch template, the auto scaling groups that use it. */
export function membersOf(group: StackResource, stack: StackModel): StackResource[] {
  return stack.resources
    .filter((resource) => groupAttributes.some((attribute) => names(resource, attribute, group, stack)))
    .flatMap((member) =>
      member.type === 'aws_launch_template'
        ? stack
            .ofType('aws_autoscaling_group')
            .filter((scaling) => names(scaling, 'launch_template', member, stack))
        : [member],
    );
}

/** The nodes of the subnets whose traffic a route table directs. */
export function tiersRoutedBy(routeTable: StackResource, stack: StackModel): string[] {
  return stack
    .ofType('aws_route_table_association')
    .filter((association) => names(association, 'route_table_id', routeTable, stack))
    .flatMap(({ config }) => resourcesIn(config['subnet_id'], stack).map(tierOf));
}

function names(
  { config }: StackResource,
  attribute: string,
  target: StackResource,
  stack: StackModel,
): boolean {
  return resourcesIn(config[attribute], stack).some(({ address }) => address === target.address);
}
