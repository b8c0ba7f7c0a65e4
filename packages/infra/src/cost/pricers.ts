import type { Pricer } from './cost-item.ts';
import { priceDatabase } from './price-database.ts';
import {
  priceCompositeAlarm,
  priceDashboard,
  priceKey,
  priceLogGroup,
  priceMetricAlarm,
  priceMetricFilter,
  priceNatGateway,
  pricePublicAddress,
  priceSecret,
} from './price-other.ts';

/** How each type of resource is priced. A type in neither this list nor the next is reported as unpriced. */
export const pricers: ReadonlyMap<string, Pricer> = new Map([
  ['aws_db_instance', priceDatabase],
  ['aws_nat_gateway', priceNatGateway],
  ['aws_eip', pricePublicAddress],
  ['aws_kms_key', priceKey],
  ['aws_secretsmanager_secret', priceSecret],
  ['aws_cloudwatch_metric_alarm', priceMetricAlarm],
  ['aws_cloudwatch_composite_alarm', priceCompositeAlarm],
  ['aws_cloudwatch_dashboard', priceDashboard],
  ['aws_cloudwatch_log_group', priceLogGroup],
  ['aws_cloudwatch_log_metric_filter', priceMetricFilter],
]);

/** Types for which AWS charges nothing by themselves. */
export const freeTypes: ReadonlySet<string> = new Set([
  'aws_db_event_subscription',
  'aws_db_parameter_group',
  'aws_db_subnet_group',
  'aws_default_security_group',
  // What it writes is counted at its log group.
  'aws_flow_log',
  'aws_iam_policy',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_iam_role_policy_attachment',
  'aws_internet_gateway',
  'aws_kms_alias',
  'aws_route',
  'aws_route_table',
  'aws_route_table_association',
  'aws_secretsmanager_secret_version',
  'aws_security_group',
  'aws_security_group_rule',
  // Messages are named among what is not estimated.
  'aws_sns_topic',
  'aws_sns_topic_policy',
  'aws_sns_topic_subscription',
  'aws_subnet',
  'aws_vpc',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
]);
