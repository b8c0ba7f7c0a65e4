import { type Breaks, policyFor } from './breaks.ts';
import type { Draft, StackDraft } from './edit-stack.ts';

/** Replaces the trust of every role by one in GitHub's tokens, under a condition. */
function trustGithub(draft: StackDraft, condition: Draft): void {
  draft.set('aws_iam_role', {
    assume_role_policy: JSON.stringify({
      Statement: {
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    }),
  });
}

const audience = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
const subject = 'token.actions.githubusercontent.com:sub';

/** IAM, and the stack as a whole. */
export const brokenIdentities: Breaks = {
  'iam-least-privilege': [
    (draft) => draft.set('aws_iam_policy', { policy: policyFor('x', '*') }),
    (draft) => draft.set('aws_iam_role_policy', { policy: policyFor('x', 'logs:*') }),
    (draft) => draft.set('aws_iam_policy', { policy: 'not JSON' }),
    (draft) => draft.set('aws_iam_policy', { policy: policyFor('x', 'secretsmanager:GetSecretValue') }),
  ],
  'iam-role-trust': [
    (draft) => draft.set('aws_iam_role', { assume_role_policy: policyFor({ AWS: '*' }, 'sts:AssumeRole') }),
    (draft) => draft.set('aws_iam_role', { assume_role_policy: policyFor('*', 'sts:AssumeRole') }),
  ],
  'iam-no-user-policies': [
    (draft) => draft.add('aws_iam_user_policy_attachment', { user: 'eve', policy_arn: 'arn' }),
  ],
  'required-tags': [
    (draft) => {
      const [provider] = draft.json.provider?.['aws'] ?? [];
      (provider as Draft)['default_tags'] = [{ tags: { Environment: 'production', Owner: '' } }];
    },
  ],
  'modules-judged-by-plan': [
    (draft) =>
      Object.assign(draft.json, { module: { network: { source: 'terraform-aws-modules/vpc/aws' } } }),
  ],
  'dynamic-blocks-judged-by-plan': [
    (draft) =>
      draft.set('aws_security_group', { dynamic: { ingress: { for_each: '${var.rules}', content: {} } } }),
    (draft) => draft.add('aws_s3_bucket', { lifecycle_rule: [{ dynamic: [{ transition: [{}] }] }] }),
  ],
  'state-encrypted-and-locked': [
    (draft) => {
      const backend = { s3: { bucket: 'state', key: 'shop', encrypt: true } };
      (draft.json.terraform as Draft)['backend'] = backend;
    },
  ],
  'iam-no-administrators': [
    (draft) =>
      draft.set('aws_iam_role_policy_attachment', {
        policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
  ],
  'iam-pipeline-trust': [
    (draft) => trustGithub(draft, { StringEquals: audience }),
    (draft) => trustGithub(draft, { StringLike: { ...audience, [subject]: 'repo:acme/*:*' } }),
    (draft) => trustGithub(draft, { StringLike: { ...audience, [subject]: '*' } }),
    (draft) => trustGithub(draft, { StringEquals: { [subject]: 'repo:acme/shop:environment:production' } }),
  ],
};
