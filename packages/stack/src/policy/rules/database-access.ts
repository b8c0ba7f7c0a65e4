import { list, type StackModel, type StackResource, text } from '../../model/stack-model.ts';
import { cluster, clusterInstance, instance, isReplica } from '../database-facts.ts';
import { isOffOrUnset, isTrue, type PolicyRule, unless } from '../policy-rule.ts';

const guessedNames = ['postgres', 'admin', 'root', 'administrator', 'master'];

/** Who can reach a database, and as whom. */
export const databaseAccessRules: readonly PolicyRule[] = [
  {
    id: 'rds-not-public',
    severity: 'critical',
    why: 'With a public address, anybody on the internet can try to log in.',
    fix: 'Set publicly_accessible to false.',
    ids: { checkov: ['CKV_AWS_17'], trivy: ['AWS-0180'], securityHub: ['RDS.2'] },
    broken: unless([instance, clusterInstance], isOffOrUnset('publicly_accessible')),
  },
  {
    id: 'rds-no-internet-route',
    severity: 'high',
    why: 'In a subnet with a route to an internet gateway, one wrong setting makes the database public.',
    fix: 'Use subnets whose route tables have no route to an internet gateway.',
    ids: { securityHub: ['RDS.46'] },
    broken: unless(
      'aws_db_subnet_group',
      ({ config }, stack) =>
        !list(config['subnet_ids']).some((id) => reachesInternet(stack.target(id), stack)),
    ),
  },
  {
    id: 'rds-iam-authentication',
    severity: 'medium',
    why: 'Without it, workloads hold long-lived passwords.',
    fix: 'Set iam_database_authentication_enabled to true.',
    ids: { checkov: ['CKV_AWS_161', 'CKV_AWS_162'], trivy: ['AWS-0176'], securityHub: ['RDS.10', 'RDS.12'] },
    broken: unless([instance, cluster], isTrue('iam_database_authentication_enabled')),
  },
  {
    id: 'rds-port',
    severity: 'low',
    why: 'Scanners try the default port first.',
    fix: 'Set port to a number other than 5432.',
    ids: { securityHub: ['RDS.23'] },
    broken: unless([instance, cluster], (resource) => {
      const { port } = resource.config;
      return port === undefined ? isReplica(resource) : typeof port === 'number' && port !== 5432;
    }),
  },
  {
    id: 'rds-admin-name',
    severity: 'medium',
    why: 'A name that everybody tries first leaves only the password to guess.',
    fix: `Set username (master_username of a cluster) to a name other than ${guessedNames.join(', ')}.`,
    ids: { securityHub: ['RDS.24', 'RDS.25'] },
    broken: unless([instance, cluster], ({ config }) => {
      const name = text(config['username'] ?? config['master_username'])?.toLowerCase() ?? '';
      return !guessedNames.includes(name) && !name.includes('${');
    }),
  },
];

function reachesInternet(subnet: StackResource | undefined, stack: StackModel): boolean {
  if (subnet === undefined) return false;
  return stack
    .referrers('aws_route_table_association', 'subnet_id', subnet)
    .flatMap(({ config }) => stack.target(config['route_table_id']) ?? [])
    .flatMap((table) => stack.referrers('aws_route', 'route_table_id', table))
    .some(({ config }) => stack.target(config['gateway_id'])?.type === 'aws_internet_gateway');
}
