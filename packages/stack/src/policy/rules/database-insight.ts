import { list, number } from '../../model/stack-model.ts';
import {
  cluster,
  clusterInstance,
  hasEventSubscription,
  hasServers,
  instance,
  isPostgres,
  parameterOf,
} from '../database-facts.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** What whoever is on call needs to see. */
export const databaseInsightRules: readonly PolicyRule[] = [
  {
    id: 'rds-enhanced-monitoring',
    severity: 'low',
    why: 'Without it, nobody can see which process uses the CPU and the memory.',
    fix: 'Set monitoring_interval and monitoring_role_arn.',
    ids: { checkov: ['CKV_AWS_118'], securityHub: ['RDS.6'] },
    broken: unless(
      [instance, cluster, clusterInstance],
      (resource) =>
        !hasServers(resource) ||
        ((number(resource.config['monitoring_interval']) ?? 0) > 0 &&
          resource.config['monitoring_role_arn'] !== undefined),
    ),
  },
  {
    id: 'rds-insights',
    severity: 'low',
    why: 'Without it, nobody can see which statements wait, and for what.',
    fix: 'Set performance_insights_enabled to true.',
    ids: { checkov: ['CKV_AWS_353'], trivy: ['AWS-0133'] },
    broken: unless(
      [instance, cluster, clusterInstance],
      (resource) => !hasServers(resource) || resource.config['performance_insights_enabled'] === true,
    ),
  },
  {
    id: 'rds-log-exports',
    severity: 'medium',
    why: 'Logs on the instance are deleted after three days, and with the instance.',
    fix: 'Add postgresql to enabled_cloudwatch_logs_exports.',
    ids: { checkov: ['CKV_AWS_129', 'CKV_AWS_324'], securityHub: ['RDS.36', 'RDS.37'] },
    broken: unless(
      [instance, cluster],
      (resource) =>
        !isPostgres(resource) ||
        list(resource.config['enabled_cloudwatch_logs_exports']).includes('postgresql'),
    ),
  },
  {
    id: 'rds-query-logging',
    severity: 'low',
    why: 'Schema changes and slow statements leave no trace.',
    fix: 'Set log_statement and log_min_duration_statement in the parameter group.',
    ids: { checkov: ['CKV2_AWS_30', 'CKV2_AWS_27'] },
    broken: unless(
      [instance, cluster],
      (resource, stack) =>
        !isPostgres(resource) ||
        ((parameterOf(resource, 'log_statement', stack) ?? 'none') !== 'none' &&
          Number(parameterOf(resource, 'log_min_duration_statement', stack) ?? '-1') >= 0),
    ),
  },
  {
    id: 'rds-instance-events',
    severity: 'low',
    why: 'Nobody learns of a failover or of maintenance.',
    fix: 'Add an aws_db_event_subscription for the events of the instance or cluster.',
    ids: { securityHub: ['RDS.20', 'RDS.19'] },
    broken: unless([instance, cluster], (resource, stack) =>
      hasEventSubscription(resource, resource.type === cluster ? 'db-cluster' : 'db-instance', stack),
    ),
  },
  {
    id: 'rds-parameter-events',
    severity: 'low',
    why: 'Nobody learns that a parameter has changed.',
    fix: 'Add an aws_db_event_subscription for the events of the parameter group.',
    ids: { securityHub: ['RDS.21'] },
    broken: unless('aws_db_parameter_group', (resource, stack) =>
      hasEventSubscription(resource, 'db-parameter-group', stack),
    ),
  },
];
