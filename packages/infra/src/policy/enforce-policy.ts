import { UserError } from '@ecommerce-dms/errors';
import type { TerraformStack } from 'cdktf';
import { checkPolicy, type Finding, severities, type Severity, type StackJson } from '@ecommerce-dms/stack';

/**
 * Lets a stack be synthesized only if it passes the policy: findings that are not suppressed make `app.synth()` throw,
 * and the stack is not written.
 *
 * It is a validation rather than an aspect: aspects run before it, whatever the order in which they were added, so it
 * judges what they made. `new App({ skipValidation: true })` leaves it out.
 *
 * @param options.minSeverity the least severe findings that count. Default `low`: all of them
 * @throws UserError `policy-findings`: from `app.synth()`, with every finding that counts.
 */
export function enforcePolicy(stack: TerraformStack, options: { minSeverity?: Severity } = {}): void {
  const counting = severities.slice(0, severities.indexOf(options.minSeverity ?? 'low') + 1);
  stack.node.addValidation({
    validate: () => {
      const { findings } = checkPolicy(stack.toTerraform() as StackJson);
      refuseFindings(
        stack.node.id,
        findings.filter(({ severity }) => counting.includes(severity)),
      );
      return [];
    },
  });
}

function refuseFindings(stack: string, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  throw new UserError(
    'policy-findings',
    `The stack ${stack} has ${findings.length} policy findings:\n${findings.map(line).join('\n')}`,
    { hint: 'Fix them, or suppress them with a reason: suppress(construct, rule, reason).' },
  );
}

function line({ rule, severity, resource, path, why, fix }: Finding): string {
  return `- ${severity}: ${rule} at ${path ?? resource}. ${why} ${fix}`;
}
