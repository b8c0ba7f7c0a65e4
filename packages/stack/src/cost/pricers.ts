import type { CostItem, Pricer } from './cost-item.ts';
import { priceBackupPlan } from './price-backup.ts';
import { priceCluster, priceClusterInstance, priceReaderScaling } from './price-cluster.ts';
import { priceDatabase } from './price-database.ts';
import { priceLogGroup, priceMetricAlarm } from './price-monitoring.ts';
import { priceEndpoint, priceNatGateway, priceScalingGroup } from './price-network.ts';
import { priceProxy } from './price-proxy.ts';

/** Of what is paid for as it stands, whatever its settings. */
function one(item: Omit<CostItem, 'quantity'>): Pricer {
  return () => [{ ...item, quantity: 1 }];
}

/** How each type of resource is priced. A type that is neither here nor free is reported as unpriced. */
export const pricers: ReadonlyMap<string, Pricer> = new Map([
  ['aws_db_instance', priceDatabase],
  ['aws_rds_cluster', priceCluster],
  ['aws_rds_cluster_instance', priceClusterInstance],
  ['aws_appautoscaling_target', priceReaderScaling],
  ['aws_db_proxy', priceProxy],
  ['aws_backup_plan', priceBackupPlan],
  ['aws_vpc_endpoint', priceEndpoint],
  ['aws_route53_zone', one({ component: 'hosted zone', priceKey: 'zone' })],
  ['aws_autoscaling_group', priceScalingGroup],
  ['aws_nat_gateway', priceNatGateway],
  ['aws_eip', one({ component: 'public IPv4 address', priceKey: 'ipv4.hour' })],
  ['aws_kms_key', one({ component: 'KMS key', priceKey: 'kms.key' })],
  ['aws_secretsmanager_secret', one({ component: 'secret', priceKey: 'secret' })],
  ['aws_cloudwatch_metric_alarm', priceMetricAlarm],
  ['aws_cloudwatch_composite_alarm', one({ component: 'composite alarm', priceKey: 'alarm.composite' })],
  ['aws_cloudwatch_dashboard', one({ component: 'dashboard', priceKey: 'dashboard' })],
  ['aws_cloudwatch_log_group', priceLogGroup],
  [
    'aws_cloudwatch_log_metric_filter',
    one({ component: 'custom metric of a log filter', priceKey: 'metric.custom' }),
  ],
]);

/** Whether AWS charges nothing for the resources of a type themselves. */
export function isFree(type: string): boolean {
  // IAM is free.
  return type.startsWith('aws_iam_') || freeTypes.has(type);
}

const freeTypes: ReadonlySet<string> = new Set([
  'aws_appautoscaling_policy',
  'aws_backup_selection',
  // What it holds is priced with the plan.
  'aws_backup_vault',
  'aws_backup_vault_lock_configuration',
  'aws_backup_vault_policy',
  // A budget that only notifies is free.
  'aws_budgets_budget',
  'aws_db_event_subscription',
  'aws_db_parameter_group',
  'aws_db_proxy_default_target_group',
  'aws_db_proxy_endpoint',
  'aws_db_proxy_target',
  'aws_db_subnet_group',
  'aws_default_security_group',
  // What it writes is priced with its log group.
  'aws_flow_log',
  'aws_internet_gateway',
  'aws_kms_alias',
  'aws_kms_grant',
  'aws_launch_template',
  'aws_rds_cluster_parameter_group',
  'aws_route',
  'aws_route53_record',
  'aws_route_table',
  'aws_route_table_association',
  // The state bucket holds kilobytes; `notEstimated` names it.
  'aws_s3_bucket',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_logging',
  'aws_s3_bucket_ownership_controls',
  'aws_s3_bucket_policy',
  'aws_s3_bucket_public_access_block',
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_versioning',
  'aws_secretsmanager_secret_policy',
  'aws_secretsmanager_secret_rotation',
  'aws_secretsmanager_secret_version',
  'aws_security_group',
  'aws_security_group_rule',
  // Its function runs for seconds a month.
  'aws_serverlessapplicationrepository_cloudformation_stack',
  // `notEstimated` names its messages.
  'aws_sns_topic',
  'aws_sns_topic_policy',
  'aws_sns_topic_subscription',
  'aws_subnet',
  'aws_vpc',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
]);
