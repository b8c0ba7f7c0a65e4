import { blocks, list, type StackModel, type StackResource, text } from '../model/stack-model.ts';

export const instance = 'aws_db_instance';
export const cluster = 'aws_rds_cluster';
/** A server of an Aurora cluster. The servers of a Multi-AZ cluster are no resources of their own. */
export const clusterInstance = 'aws_rds_cluster_instance';

/** A replica takes its encryption, backups and administrator from its source. */
export function isReplica({ config }: StackResource): boolean {
  return config['replicate_source_db'] !== undefined || config['replication_source_identifier'] !== undefined;
}

/** A cluster of a writer and two readable standbys, which are not resources of their own. */
export function isMultiAzCluster({ config }: StackResource): boolean {
  return config['db_cluster_instance_class'] !== undefined;
}

/** Whether monitoring and certificates are its own: of all but a cluster of Aurora. */
export function hasServers(database: StackResource): boolean {
  return database.type !== cluster || isMultiAzCluster(database);
}

/** Rules on PostgreSQL's own settings ask nothing of another engine. A replica names no engine; an expression may be it. */
export function isPostgres({ config }: StackResource): boolean {
  const engine = text(config['engine']) ?? 'postgres';
  return engine === 'postgres' || engine === 'aurora-postgresql' || engine.includes('${');
}

/** The value of a parameter in the parameter group of a database; undefined when the stack does not set it. */
export function parameterOf(database: StackResource, name: string, stack: StackModel): string | undefined {
  const { config, type } = database;
  const group = config[type === cluster ? 'db_cluster_parameter_group_name' : 'parameter_group_name'];
  const parameter = blocks(stack.target(group)?.config['parameter']).find((entry) => entry['name'] === name);
  return parameter?.['value'] === undefined ? undefined : String(parameter['value']);
}

/** Whether an enabled subscription to RDS events has `resource` among its sources. */
export function hasEventSubscription(
  resource: StackResource,
  sourceType: string,
  stack: StackModel,
): boolean {
  return stack.ofType('aws_db_event_subscription').some(({ config }) => {
    const sources = list(config['source_ids']);
    return (
      (config['enabled'] ?? true) === true &&
      text(config['source_type']) === sourceType &&
      (sources.length === 0 || sources.some((source) => stack.target(source)?.address === resource.address))
    );
  });
}
