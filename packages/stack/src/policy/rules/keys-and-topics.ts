import { allowsEverybody, statementsOf } from '../policy-document.ts';
import { isOnOrUnset, isTrue, type PolicyRule, unless } from '../policy-rule.ts';

/** KMS keys and SNS topics. */
export const keyAndTopicRules: readonly PolicyRule[] = [
  {
    id: 'kms-rotation',
    severity: 'medium',
    why: 'The longer one key is in use, the more data a leak of it exposes.',
    fix: 'Set enable_key_rotation to true.',
    ids: { checkov: ['CKV_AWS_7'], trivy: ['AWS-0065'], securityHub: ['KMS.4'] },
    broken: unless('aws_kms_key', isTrue('enable_key_rotation')),
  },
  {
    id: 'kms-policy',
    severity: 'high',
    why: 'Without a policy of its own, any IAM policy of the account can grant the use of the key; a policy for everybody opens it to the world.',
    fix: 'Set policy, with named principals.',
    ids: { checkov: ['CKV_AWS_33', 'CKV2_AWS_64'] },
    broken: unless(
      'aws_kms_key',
      ({ config }) => statementsOf(config['policy'])?.some(allowsEverybody) === false,
    ),
  },
  {
    id: 'kms-enabled',
    severity: 'high',
    why: 'While the key is disabled, nothing that it encrypts can be read, backups included.',
    fix: 'Set is_enabled to true.',
    ids: { checkov: ['CKV_AWS_227'] },
    broken: unless('aws_kms_key', isOnOrUnset('is_enabled')),
  },
  {
    id: 'sns-encrypted',
    severity: 'medium',
    why: 'Alerts name hosts, users and faults.',
    fix: "Set kms_master_key_id to a customer key: CloudWatch can't publish to a topic with the AWS-managed one.",
    ids: { checkov: ['CKV_AWS_26'], trivy: ['AWS-0095', 'AWS-0136'], securityHub: ['SNS.1'] },
    broken: unless('aws_sns_topic', ({ config }) => {
      const key = config['kms_master_key_id'];
      return key !== undefined && key !== 'alias/aws/sns';
    }),
  },
  {
    id: 'sns-not-public',
    severity: 'high',
    why: 'Anybody can publish false alerts, or subscribe to the real ones.',
    fix: 'Name the services or accounts, with a condition on the account.',
    ids: { checkov: ['CKV_AWS_169', 'CKV_AWS_385'] },
    broken: unless(
      'aws_sns_topic_policy',
      ({ config }) => statementsOf(config['policy'])?.some(allowsEverybody) === false,
    ),
  },
];
