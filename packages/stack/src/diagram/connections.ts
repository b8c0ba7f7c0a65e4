import { number } from '../model/stack-model.ts';
import type { JsonObject } from '../model/stack-json.ts';

/** A resource that is drawn as an arrow between the resources that it names. */
export interface Connection {
  readonly type: string;
  /** Attribute that names where the arrow begins; without one, the resource itself. */
  readonly from?: string;
  readonly to: string;
  readonly label: string | ((config: JsonObject) => string);
  /** The arrow points the other way. */
  readonly reversed?: true;
}

/** What is worth an arrow. */
export const connections: readonly Connection[] = [
  { type: 'aws_db_instance', to: 'replicate_source_db', label: 'replicates', reversed: true },
  { type: 'aws_db_instance', to: 'depends_on', label: 'logs' },
  { type: 'aws_rds_cluster', to: 'depends_on', label: 'logs' },
  { type: 'aws_rds_cluster_instance', to: 'cluster_identifier', label: '', reversed: true },
  { type: 'aws_db_proxy_target', from: 'db_proxy_name', to: 'db_instance_identifier', label: 'pools' },
  { type: 'aws_db_proxy_target', from: 'db_proxy_name', to: 'db_cluster_identifier', label: 'pools' },
  {
    type: 'aws_vpc_security_group_ingress_rule',
    from: 'referenced_security_group_id',
    to: 'security_group_id',
    label: ({ from_port: port }) => `port ${number(port) ?? 'any'}`,
  },
  { type: 'aws_route', from: 'route_table_id', to: 'nat_gateway_id', label: 'way out' },
  { type: 'aws_nat_gateway', to: 'depends_on', label: '' },
  { type: 'aws_flow_log', from: 'vpc_id', to: 'log_destination', label: 'flow logs' },
  { type: 'aws_db_event_subscription', from: 'source_ids', to: 'sns_topic', label: 'events' },
  { type: 'aws_cloudwatch_metric_alarm', to: 'alarm_actions', label: 'alerts' },
  { type: 'aws_cloudwatch_composite_alarm', to: 'alarm_actions', label: 'alerts' },
  { type: 'aws_cloudwatch_dashboard', to: 'dashboard_body', label: 'shows' },
  { type: 'aws_budgets_budget', to: 'notification', label: 'alerts' },
  { type: 'aws_backup_selection', from: 'plan_id', to: 'resources', label: 'backs up' },
  { type: 'aws_backup_plan', to: 'rule', label: 'keeps in' },
  { type: 'aws_route53_record', from: 'zone_id', to: 'records', label: 'names' },
  {
    type: 'aws_secretsmanager_secret_rotation',
    from: 'rotation_lambda_arn',
    to: 'secret_id',
    label: 'rotates',
  },
];
