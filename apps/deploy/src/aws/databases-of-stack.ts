import type { StackJson } from '@ecommerce-dms/stack';
import type { DatabaseIdentity } from '@ecommerce-dms/aws/snapshot';

/** The databases of a stack that hold data of their own: clusters, and instances that are no replica. */
export function databasesOfStack({ resource = {} }: StackJson): DatabaseIdentity[] {
  const named = (type: string, attribute: string) =>
    Object.values(resource[type] ?? {})
      .filter((config) => config['replicate_source_db'] === undefined)
      .map((config) => config[attribute])
      .filter((name) => typeof name === 'string');
  return [
    ...named('aws_db_instance', 'identifier').map((identifier) => ({
      kind: 'instance' as const,
      identifier,
    })),
    ...named('aws_rds_cluster', 'cluster_identifier').map((identifier) => ({
      kind: 'cluster' as const,
      identifier,
    })),
  ];
}

/** `20261122t214500z`: a part of a snapshot's name, to the second in UTC. */
export function timeInName(time: Date): string {
  return time
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
    .toLowerCase();
}
