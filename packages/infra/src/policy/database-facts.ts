import { blocks, list, type StackModel, type StackResource, text } from '../stack/stack-model.ts';

/** A replica takes its encryption, backups and administrator from its source. */
export function isReplica({ config }: StackResource): boolean {
  return config['replicate_source_db'] !== undefined;
}

/** Rules on PostgreSQL's own settings ask nothing of another engine. A replica names no engine. */
export function isPostgres({ config }: StackResource): boolean {
  return config['engine'] === undefined || config['engine'] === 'postgres';
}

/** The value of a parameter in the parameter group of an instance; undefined when the stack does not set it. */
export function parameterOf(instance: StackResource, name: string, stack: StackModel): string | undefined {
  const group = stack.target(instance.config['parameter_group_name']);
  const parameter = blocks(group?.config['parameter']).find((entry) => entry['name'] === name);
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
      config['enabled'] !== false &&
      text(config['source_type']) === sourceType &&
      (sources.length === 0 || sources.some((source) => stack.target(source)?.address === resource.address))
    );
  });
}
