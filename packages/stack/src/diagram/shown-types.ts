import { number, object, type StackResource, text } from '../model/stack-model.ts';
import type { JsonObject } from '../model/stack-json.ts';
import type { Category } from './categories.ts';

/** How the resources of a type are drawn. */
export interface ShownType {
  readonly title: string | ((config: JsonObject) => string);
  readonly category: Category;
  /** Lines below the title, or the attributes that have them. */
  readonly details?: readonly string[] | ((config: JsonObject) => readonly (string | undefined)[]);
  /** One node for all of them, with their number. */
  readonly merged?: true;
}

const name = (config: JsonObject): string | undefined =>
  text(config['name']) ?? text(config['identifier']) ?? text(object(config['tags'])?.['Name']);
const named = (config: JsonObject): readonly (string | undefined)[] => [name(config)];

/** How types are drawn. A type that is neither here nor hidden is drawn by its own name. */
export const shownTypes: Readonly<Record<string, ShownType>> = {
  aws_internet_gateway: { title: 'Internet gateway', category: 'network' },
  aws_nat_gateway: { title: 'NAT gateways', category: 'network', merged: true },
  aws_vpc_endpoint: {
    title: 'VPC endpoints',
    category: 'network',
    merged: true,
    // `com.amazonaws.REGION.ecr.dkr`, where the region may be an expression with dots of its own.
    details: ({ service_name: service }) => [
      text(service)
        ?.replaceAll(/\$\{[^}]*\}/g, 'region')
        .split('.')
        .slice(3)
        .join('.'),
    ],
  },
  aws_autoscaling_group: {
    title: 'Bastion',
    category: 'compute',
    details: () => ['SSM Session Manager only'],
  },
  aws_security_group: { title: 'Clients', category: 'compute', details: ['description'] },
  aws_db_instance: {
    title: (config) => (config['replicate_source_db'] === undefined ? 'Writer' : 'Read replica'),
    category: 'database',
    details: (config) => [
      text(config['identifier']),
      [
        text(config['engine']) === 'postgres' && `PostgreSQL ${text(config['engine_version']) ?? ''}`.trim(),
        text(config['instance_class']),
      ]
        .filter(Boolean)
        .join(', '),
      number(config['allocated_storage']) !== undefined
        ? `${number(config['allocated_storage'])} GiB ${text(config['storage_type']) ?? ''}`.trim()
        : undefined,
      config['multi_az'] === true ? 'Multi-AZ: a standby in another zone' : undefined,
    ],
  },
  aws_rds_cluster: {
    title: (config) =>
      text(config['engine']) === 'aurora-postgresql' ? 'Aurora cluster' : 'Multi-AZ cluster',
    category: 'database',
    details: (config) => [
      text(config['cluster_identifier']),
      `PostgreSQL ${text(config['engine_version']) ?? ''}`.trim(),
      text(config['db_cluster_instance_class']),
      text(config['engine']) === 'postgres' ? 'a writer and two readable standbys' : undefined,
    ],
  },
  aws_rds_cluster_instance: {
    title: 'Cluster instance',
    category: 'database',
    details: ['identifier', 'instance_class'],
  },
  aws_db_proxy: { title: 'RDS Proxy', category: 'database', details: named },
  aws_kms_key: { title: 'Customer key', category: 'security', details: ['description', 'provider'] },
  aws_secretsmanager_secret: { title: 'Secret', category: 'security', details: ['description'] },
  aws_serverlessapplicationrepository_cloudformation_stack: {
    title: 'Password rotation',
    category: 'security',
    details: named,
  },
  aws_iam_openid_connect_provider: { title: 'Pipeline identity', category: 'security', details: named },
  aws_sns_topic: { title: 'Alert topic', category: 'monitoring', details: named },
  aws_cloudwatch_metric_alarm: { title: 'Alarms', category: 'monitoring', merged: true },
  aws_cloudwatch_composite_alarm: { title: 'Composite alarms', category: 'monitoring', merged: true },
  aws_cloudwatch_dashboard: { title: 'Dashboard', category: 'monitoring', details: ['dashboard_name'] },
  aws_cloudwatch_log_group: {
    title: 'Log groups',
    category: 'monitoring',
    merged: true,
    details: ({ retention_in_days: days }) => [`kept ${number(days) ?? '?'} days`],
  },
  aws_backup_plan: { title: 'Backup plan', category: 'backup', details: named },
  aws_backup_vault: {
    title: 'Backup vault',
    category: 'backup',
    details: (config) => [name(config), text(config['provider'])],
  },
  aws_route53_zone: { title: 'Private zone', category: 'network', details: named },
  aws_s3_bucket: { title: 'Bucket', category: 'storage', details: ['bucket'] },
  aws_budgets_budget: {
    title: 'Budget',
    category: 'monitoring',
    details: (config) => [
      name(config),
      `${text(config['limit_amount']) ?? '?'} ${text(config['limit_unit']) ?? ''} a month`,
    ],
  },
};

/** The lines below the title of a resource. */
export function detailsOf({ type, config }: StackResource): readonly (string | undefined)[] {
  const { details = [] } = shownTypes[type] ?? {};
  return typeof details === 'function'
    ? details(config)
    : details.map((attribute) => text(config[attribute]));
}

/** Types without a box of their own: settings of another resource, permissions, routes. */
export const hiddenTypes: readonly RegExp[] = [
  /^aws_iam_(?!openid)/,
  /^aws_kms_(alias|grant)$/,
  /^aws_(vpc|subnet)$/,
  /^aws_(route|route_table|route_table_association|main_route_table_association|eip|flow_log)$/,
  /^aws_default_/,
  /^aws_vpc_security_group_/,
  /^aws_security_group_rule$/,
  /^aws_(db|rds_cluster)_(parameter_group|subnet_group|event_subscription)$/,
  /^aws_rds_cluster_parameter_group$/,
  /^aws_db_(instance_role_association|proxy_.*)$/,
  /^aws_appautoscaling_/,
  /^aws_launch_template$/,
  /^aws_secretsmanager_secret_(version|policy|rotation)$/,
  /^aws_sns_topic_(policy|subscription)$/,
  /^aws_cloudwatch_log_(metric_filter|resource_policy)$/,
  /^aws_backup_(selection|vault_\w+)$/,
  /^aws_route53_record$/,
  /^aws_s3_bucket_/,
];
