import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { awsAudience, githubIssuer } from './github-provider.ts';
import { policyDocument } from '../policy-document.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** Which jobs of a repository: those of a GitHub environment, or those on a ref such as `refs/heads/main`. */
export type GithubSubject = { readonly environment: string } | { readonly ref: string };

export interface GithubRoleProps {
  /** 1 to 64 characters. */
  readonly name: string;
  readonly description: string;
  /** The account's OIDC provider for GitHub. */
  readonly providerArn: string;
  /** `org/repo`. */
  readonly repository: string;
  /** The jobs that may assume the role. */
  readonly subject: GithubSubject;
  /** Statements by name of the policy that they become. A policy has at most 6144 characters, a role 10 policies. */
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;
  /** How long a session may last, 1 to 12. Default 1. */
  readonly maxSessionHours?: number;
  /** A policy that the role can never exceed. Default none. */
  readonly permissionsBoundaryArn?: string;
}

/** A role for the jobs of one GitHub repository, without a stored credential. No pattern: exactly one subject. */
export class GithubRole extends Construct {
  readonly role: IamRole;

  /** @throws UserError `invalid-settings`: props have faults; the message lists them all. */
  constructor(scope: Construct, id: string, props: GithubRoleProps) {
    super(scope, id);
    const { name, repository, maxSessionHours = 1 } = props;
    const subject = subjectOf(props.subject);
    refuseFaults(`GithubRole "${name}"`, [
      !/^[\w+=,.@-]{1,64}$/.test(name) && `name "${name}" is not 1 to 64 characters of an IAM role's name`,
      !/^[\w-]+\/[\w.-]+$/.test(repository) && `repository "${repository}" is not org/repo`,
      !/^(environment:[\w-]+|ref:refs\/[\w./-]+)$/.test(subject) &&
        `subject "${subject}" is not one environment of a-z, 0-9, _ and -, or one ref such as refs/heads/main`,
      (!Number.isInteger(maxSessionHours) || maxSessionHours < 1 || maxSessionHours > 12) &&
        `maxSessionHours is ${maxSessionHours}; IAM allows 1 to 12`,
    ]);
    this.role = new IamRole(this, 'role', {
      name,
      description: props.description,
      maxSessionDuration: maxSessionHours * 3600,
      permissionsBoundary: props.permissionsBoundaryArn,
      assumeRolePolicy: policyDocument({
        Effect: 'Allow',
        Principal: { Federated: props.providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${githubIssuer}:aud`]: awsAudience,
            [`${githubIssuer}:sub`]: `repo:${repository}:${subject}`,
          },
        },
      }),
    });
    for (const [policyName, statements] of Object.entries(props.policies)) {
      const policy = new IamPolicy(this, `policy-${policyName}`, {
        name: `${name}-${policyName}`,
        description: `${props.description}: ${policyName}`,
        policy: policyDocument(...statements),
      });
      new IamRolePolicyAttachment(this, `attachment-${policyName}`, {
        role: this.role.name,
        policyArn: policy.arn,
      });
    }
  }
}

function subjectOf(subject: GithubSubject): string {
  return 'environment' in subject ? `environment:${subject.environment}` : `ref:${subject.ref}`;
}
