import { text } from '../../model/stack-model.ts';
import { allowsTooMuch, statementsOf } from '../policy-document.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** What IAM allows. */
export const identityRules: readonly PolicyRule[] = [
  {
    id: 'iam-least-privilege',
    severity: 'high',
    why: 'Whoever gets hold of such an identity controls a whole service, or the account.',
    fix: 'Name actions and resources; where an action supports no resource, add a condition.',
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
        'CKV2_AWS_40',
      ],
      trivy: ['AWS-0057', 'AWS-0342'],
    },
    broken: unless(
      ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_group_policy', 'aws_iam_user_policy'],
      ({ config }) => statementsOf(config['policy'])?.some(allowsTooMuch) === false,
    ),
  },
  {
    id: 'iam-no-user-policies',
    severity: 'low',
    why: 'Permissions of individual users are forgotten when people change jobs.',
    fix: 'Attach the policy to a role or a group.',
    ids: { checkov: ['CKV_AWS_40'], securityHub: ['IAM.2'] },
    broken: unless(['aws_iam_user_policy', 'aws_iam_user_policy_attachment'], () => false),
  },
  {
    id: 'iam-no-administrators',
    severity: 'high',
    why: 'Whoever gets hold of such an identity controls the account.',
    fix: 'Attach a policy with only the permissions that are needed.',
    ids: { checkov: ['CKV_AWS_274', 'CKV2_AWS_56'], securityHub: ['IAM.1'] },
    broken: unless(
      ['aws_iam_role_policy_attachment', 'aws_iam_group_policy_attachment', 'aws_iam_policy_attachment'],
      ({ config }) => !/:policy\/(AdministratorAccess|IAMFullAccess)$/.test(text(config['policy_arn']) ?? ''),
    ),
  },
];
