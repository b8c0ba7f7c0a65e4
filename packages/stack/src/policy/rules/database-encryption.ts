import {
  cluster,
  clusterInstance,
  hasServers,
  instance,
  isPostgres,
  isReplica,
  parameterOf,
} from '../database-facts.ts';
import { isOffOrUnset, isTrue, type PolicyRule, unless } from '../policy-rule.ts';

const currentAuthorities = ['rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1'];

const hasNoInsights = isOffOrUnset('performance_insights_enabled');

/** Encryption at rest and in transit, and the administrator's password. */
export const databaseEncryptionRules: readonly PolicyRule[] = [
  {
    id: 'rds-storage-encrypted',
    severity: 'high',
    why: "Whoever gets hold of a volume or a snapshot can read the data. Encryption can't be turned on later.",
    fix: 'Set storage_encrypted to true.',
    ids: {
      checkov: ['CKV_AWS_16', 'CKV_AWS_96'],
      trivy: ['AWS-0080', 'AWS-0079'],
      securityHub: ['RDS.3', 'RDS.27'],
    },
    broken: unless([instance, cluster], isTrue('storage_encrypted')),
  },
  {
    id: 'rds-customer-key',
    severity: 'medium',
    why: "The AWS-managed key can't be shared, limited by a policy, or disabled.",
    fix: 'Set kms_key_id to a customer key.',
    ids: { checkov: ['CKV_AWS_327'] },
    broken: unless(
      [instance, cluster],
      (resource) => isReplica(resource) || resource.config['kms_key_id'] !== undefined,
    ),
  },
  {
    id: 'rds-tls-required',
    severity: 'high',
    why: 'A client without TLS sends its data unencrypted.',
    fix: 'Use a parameter group of this stack that sets rds.force_ssl to 1.',
    ids: { checkov: ['CKV2_AWS_69'], securityHub: ['RDS.38'] },
    broken: unless(
      [instance, cluster],
      (resource, stack) => !isPostgres(resource) || parameterOf(resource, 'rds.force_ssl', stack) === '1',
    ),
  },
  {
    id: 'rds-current-authority',
    severity: 'medium',
    why: "The certificate of an older authority has expired: clients that verify it can't connect.",
    fix: `Set ca_cert_identifier (ca_certificate_identifier of a Multi-AZ cluster) to one of ${currentAuthorities.join(', ')}.`,
    ids: { checkov: ['CKV_AWS_211'] },
    broken: unless([instance, cluster, clusterInstance], (resource) => {
      const { ca_cert_identifier: ofInstance, ca_certificate_identifier: ofCluster } = resource.config;
      return (
        !hasServers(resource) ||
        currentAuthorities.some((authority) => authority === ofInstance || authority === ofCluster)
      );
    }),
  },
  {
    id: 'rds-password-not-in-state',
    severity: 'high',
    why: 'A password in the configuration ends up in the state and in version control, and is seldom changed.',
    fix: 'Remove the password. Set manage_master_user_password or, where there are replicas, password_wo.',
    broken: unless([instance, cluster], (resource) => {
      const { config } = resource;
      const isManaged = config['manage_master_user_password'] === true;
      const isWriteOnly = (config['password_wo'] ?? config['master_password_wo']) !== undefined;
      return (
        (config['password'] ?? config['master_password']) === undefined &&
        (isReplica(resource) || isManaged || isWriteOnly)
      );
    }),
  },
  {
    id: 'rds-replicas-possible',
    severity: 'high',
    why: 'RDS refuses a replica of an instance whose password it manages: the apply fails half-way.',
    fix: 'Set password_wo of the source from a secret, instead of manage_master_user_password.',
    broken: unless(
      instance,
      ({ config }, stack) =>
        stack.target(config['replicate_source_db'])?.config['manage_master_user_password'] !== true,
    ),
  },
  {
    id: 'rds-insights-key',
    severity: 'medium',
    why: 'Performance Insights stores the text of statements, which can contain data.',
    fix: 'Set performance_insights_kms_key_id to a customer key.',
    ids: { checkov: ['CKV_AWS_354'], trivy: ['AWS-0078'] },
    broken: unless(
      [instance, cluster, clusterInstance],
      (resource, stack) =>
        hasNoInsights(resource, stack) || resource.config['performance_insights_kms_key_id'] !== undefined,
    ),
  },
];
