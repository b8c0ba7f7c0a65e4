import { allowsEverybody, allowsTooMuch, statementsOf } from '../policy-document.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** IAM policies and roles. */
export const identityRules: readonly PolicyRule[] = [
  {
    id: 'iam-least-privilege',
    severity: 'high',
    why: 'Whoever gets hold of such an identity owns a whole service, or the account.',
    mend: 'Name actions and resources.',
    ids: {
      checkov: [
        'CKV_AWS_62',
        'CKV_AWS_63',
        'CKV_AWS_286',
        'CKV_AWS_287',
        'CKV_AWS_288',
        'CKV_AWS_289',
        'CKV_AWS_290',
        'CKV_AWS_355',
      ],
      trivy: ['AWS-0057', 'AWS-0342'],
    },
    broken: unless(
      ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_group_policy', 'aws_iam_user_policy'],
      ({ config }) => statementsOf(config['policy'])?.some(allowsTooMuch) === false,
    ),
  },
  {
    id: 'iam-role-trust',
    severity: 'critical',
    why: 'Every AWS account in the world may take the role.',
    mend: 'Name the services or accounts that may assume it.',
    ids: { checkov: ['CKV_AWS_60', 'CKV_AWS_61'] },
    broken: unless(
      'aws_iam_role',
      ({ config }) => statementsOf(config['assume_role_policy'])?.some(allowsEverybody) === false,
    ),
  },
  {
    id: 'iam-no-user-policies',
    severity: 'low',
    why: 'Rights of single users are forgotten when people change.',
    mend: 'Attach the policy to a role or a group.',
    ids: { checkov: ['CKV_AWS_40', 'CKV_AWS_274'] },
    broken: unless(['aws_iam_user_policy', 'aws_iam_user_policy_attachment'], () => false),
  },
];
