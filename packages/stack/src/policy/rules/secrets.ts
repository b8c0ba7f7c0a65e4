import { blocks, number } from '../../model/stack-model.ts';
import { hasReferrer, isSet, type PolicyRule, unless } from '../policy-rule.ts';

const secret = 'aws_secretsmanager_secret';
const rotation = 'aws_secretsmanager_secret_rotation';

/** Secrets of Secrets Manager. */
export const secretRules: readonly PolicyRule[] = [
  {
    id: 'secret-customer-key',
    severity: 'low',
    why: "The AWS-managed key can't be shared, limited by a policy, or disabled.",
    fix: 'Set kms_key_id to a customer key.',
    ids: { checkov: ['CKV_AWS_149'], trivy: ['AWS-0098'] },
    broken: unless(secret, isSet('kms_key_id')),
  },
  {
    id: 'secret-rotated',
    severity: 'medium',
    why: 'A password that is never changed stays known to everybody who ever had it.',
    fix: 'Add an aws_secretsmanager_secret_rotation of the secret.',
    ids: { checkov: ['CKV2_AWS_57'], securityHub: ['SecretsManager.1'] },
    broken: unless(secret, hasReferrer(rotation, 'secret_id')),
  },
  {
    id: 'secret-rotated-often',
    severity: 'low',
    why: 'Audits ask for a new password every 90 days.',
    fix: 'Set automatically_after_days in rotation_rules to 90 or less.',
    ids: { checkov: ['CKV_AWS_304'], securityHub: ['SecretsManager.4'] },
    broken: unless(rotation, ({ config }) =>
      blocks(config['rotation_rules']).every(
        (rules) =>
          rules['schedule_expression'] !== undefined ||
          (number(rules['automatically_after_days']) ?? Infinity) <= 90,
      ),
    ),
  },
];
