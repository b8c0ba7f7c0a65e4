import { UserError } from '@ecommerce-dms/errors';
import type { TerraformDiagnostic } from './terraform-messages.ts';

/** What to do about Terraform's and AWS's own errors, by a pattern of their text. The first that matches counts. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /Saved plan is stale|saved plan does not match/i,
    "The state has changed since the plan was made. Make another: 'dms plan'.",
  ],
  [
    /state lock/i,
    'Somebody else is at this state. Wait for them; a lock that a dead run has left is removed by `terraform force-unlock ID`.',
  ],
  [
    /account ID not allowed/i,
    'The credentials are of another account than `accountId` in the settings: change to the right ones.',
  ],
  [
    /No valid credential sources|failed to (retrieve|refresh).*credentials|InvalidClientTokenId|SignatureDoesNotMatch/i,
    'Give AWS credentials: AWS_PROFILE, or a role that the pipeline assumes.',
  ],
  [/ExpiredToken|token.{0,40}expired/i, 'The AWS session has ended: log in again.'],
  [
    /AccessDenied|UnauthorizedOperation|not authorized to perform/i,
    'The role lacks the permission that is named above.',
  ],
  [
    /no such host|could not resolve|connection refused|request send failed/i,
    'AWS cannot be reached: check the network, the region, and AWS_ENDPOINT_URL where it is set.',
  ],
  [
    /NoSuchBucket|S3 bucket .* does not exist/i,
    "The bucket of the state does not exist. 'dms bootstrap' makes it.",
  ],
  [
    /Backend (initialization required|configuration changed)/i,
    'The state is kept elsewhere than before. Move it: `terraform init -migrate-state` in that folder.',
  ],
  [
    /already ?exists/i,
    'There is one of that name in the account already, perhaps left by an apply that was killed: delete it, or import it into the state.',
  ],
  [
    /DeletionProtection|deletion protection/i,
    'The database is protected. Its protection has to be removed first, on purpose.',
  ],
  [/LimitExceeded|QuotaExceeded/i, 'A quota of the account is used up: have it raised in Service Quotas.'],
  [
    /query available provider packages|registry|provider .* not available/i,
    'Is the registry reachable? Without it, name a folder of plugins (DMS_TERRAFORM_PLUGIN_DIR).',
  ],
];

/**
 * Terraform's errors for people: what, at which resource, and what to do.
 *
 * @param diagnostics Terraform's errors; where there are none, `stderr` is shown
 * @returns UserError `terraform-init-failed`, `terraform-plan-failed`, `terraform-apply-failed` or `terraform-show-failed`
 */
export function terraformFailure(
  command: 'init' | 'plan' | 'apply' | 'show',
  directory: string,
  diagnostics: readonly TerraformDiagnostic[],
  stderr: string,
): UserError {
  const faults = diagnostics.map(({ summary, detail = '', address, snippet }) => {
    const where = address ?? snippet?.context;
    const what = typeof where === 'string' ? `${where}: ${summary}` : summary;
    return detail === '' ? what : `${what}\n  ${detail}`;
  });
  const reasons = withoutSecrets(
    faults.length > 0 ? faults.map((fault) => `- ${fault}`).join('\n') : stderr.trim(),
  );
  const fallback =
    command === 'apply'
      ? "What was made is in the state. Fix the cause, then 'dms plan' and 'dms apply' go on from there."
      : 'Fix the cause, then run the same command again.';
  return new UserError(
    `terraform-${command}-failed`,
    `terraform ${command} failed in ${directory}:\n${reasons}`,
    {
      hint: remedies.find(([pattern]) => pattern.test(reasons))?.[1] ?? fallback,
    },
  );
}

/** A provider may quote its configuration or a request. */
function withoutSecrets(text: string): string {
  return ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'PGPASSWORD']
    .map((name) => process.env[name] ?? '')
    .filter((secret) => secret.length >= 8)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
