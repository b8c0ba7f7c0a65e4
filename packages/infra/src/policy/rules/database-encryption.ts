import { isPostgres, isReplica, parameterOf } from '../database-facts.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

const currentAuthorities = ['rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1'];

/** Data at rest, on the wire, and the administrator's password. */
export const databaseEncryptionRules: readonly PolicyRule[] = [
  {
    id: 'rds-storage-encrypted',
    severity: 'high',
    why: 'Whoever gets hold of a volume or a snapshot reads the data. It can not be turned on later.',
    mend: 'Set storage_encrypted to true.',
    ids: { checkov: ['CKV_AWS_16'], trivy: ['AWS-0080'], securityHub: ['RDS.3'] },
    broken: unless('aws_db_instance', ({ config }) => config['storage_encrypted'] === true),
  },
  {
    id: 'rds-customer-key',
    severity: 'medium',
    why: "The AWS-managed key can't be shared, limited by a policy, or withdrawn.",
    mend: 'Set kms_key_id to a customer key.',
    ids: {},
    broken: unless(
      'aws_db_instance',
      (resource) => isReplica(resource) || resource.config['kms_key_id'] !== undefined,
    ),
  },
  {
    id: 'rds-tls-required',
    severity: 'high',
    why: 'A client without TLS sends its password and data in the clear.',
    mend: 'Give the instance a parameter group of the stack with rds.force_ssl = 1.',
    ids: { checkov: ['CKV2_AWS_69'], securityHub: ['RDS.38'] },
    broken: unless(
      'aws_db_instance',
      (resource, stack) => !isPostgres(resource) || parameterOf(resource, 'rds.force_ssl', stack) === '1',
    ),
  },
  {
    id: 'rds-current-authority',
    severity: 'medium',
    why: 'The certificate of an older authority has expired: clients that check it do not connect.',
    mend: `Set ca_cert_identifier to one of ${currentAuthorities.join(', ')}.`,
    ids: { checkov: ['CKV_AWS_211'] },
    broken: unless('aws_db_instance', ({ config }) =>
      currentAuthorities.some((authority) => authority === config['ca_cert_identifier']),
    ),
  },
  {
    id: 'rds-password-not-in-state',
    severity: 'high',
    why: 'A password in the configuration is in the state and the history, and nobody changes it.',
    mend: 'Remove password; set manage_master_user_password, or password_wo where there are replicas.',
    ids: {},
    broken: unless(
      'aws_db_instance',
      (resource) =>
        resource.config['password'] === undefined &&
        (isReplica(resource) ||
          resource.config['manage_master_user_password'] === true ||
          resource.config['password_wo'] !== undefined),
    ),
  },
  {
    id: 'rds-replicas-possible',
    severity: 'high',
    why: 'RDS refuses a replica of an instance whose password it manages: the apply breaks off half-way.',
    mend: 'Give the source password_wo from a secret in place of manage_master_user_password.',
    ids: {},
    broken: unless(
      'aws_db_instance',
      ({ config }, stack) =>
        stack.target(config['replicate_source_db'])?.config['manage_master_user_password'] !== true,
    ),
  },
  {
    id: 'rds-insights-key',
    severity: 'medium',
    why: 'Insights keep the text of statements, which can hold data.',
    mend: 'Set performance_insights_kms_key_id to a customer key.',
    ids: { checkov: ['CKV_AWS_354'], trivy: ['AWS-0078'] },
    broken: unless(
      'aws_db_instance',
      ({ config }) =>
        config['performance_insights_enabled'] !== true ||
        config['performance_insights_kms_key_id'] !== undefined,
    ),
  },
];
