import type { StackResource } from '../model/stack-model.ts';

type Kind = 'boolean' | 'number' | 'string';

/** By type, the optional attributes that the price depends on: AWS has a default, but an expression may be anything. */
const literals: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  aws_db_instance: {
    multi_az: 'boolean',
    iops: 'number',
    storage_throughput: 'number',
    dedicated_log_volume: 'boolean',
    database_insights_mode: 'string',
    performance_insights_retention_period: 'number',
    monitoring_interval: 'number',
    backup_retention_period: 'number',
    manage_master_user_password: 'boolean',
  },
  aws_rds_cluster: {
    storage_type: 'string',
    iops: 'number',
    database_insights_mode: 'string',
    performance_insights_retention_period: 'number',
    monitoring_interval: 'number',
    manage_master_user_password: 'boolean',
  },
  aws_rds_cluster_instance: {
    monitoring_interval: 'number',
    performance_insights_retention_period: 'number',
  },
  aws_autoscaling_group: { desired_capacity: 'number', min_size: 'number' },
  aws_cloudwatch_metric_alarm: { period: 'number' },
  aws_cloudwatch_log_group: { retention_in_days: 'number' },
  aws_vpc_endpoint: { vpc_endpoint_type: 'string' },
};

/** Why a resource can't be priced: the attribute that is not literal; undefined when all are. */
export function literalFault({ type, config }: StackResource): string | undefined {
  const unknown = Object.entries(literals[type] ?? {}).find(([name, kind]) => {
    const value = config[name] ?? undefined;
    return (
      value !== undefined && (typeof value !== kind || (typeof value === 'string' && value.includes('${')))
    );
  });
  return unknown && `its ${unknown[0]} is not literal`;
}
