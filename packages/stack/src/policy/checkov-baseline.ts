import { requireStack } from '../model/require-stack.ts';
import type { StackJson } from '../model/stack-json.ts';
import { policyRules } from './policy-rules.ts';
import { suppressionReason } from './suppressions.ts';

/** Content of the file that Checkov's `--baseline` takes. */
export interface CheckovBaseline {
  readonly failed_checks: readonly {
    readonly file: string;
    readonly findings: readonly { readonly resource: string; readonly check_ids: readonly string[] }[];
  }[];
}

/**
 * The suppressions of a synthesized stack as a baseline for Checkov, which takes no comments from Terraform's JSON
 * syntax (3.3, framework `terraform_json`).
 *
 * @throws UserError `stack-empty`: the stack has neither a resource nor a module
 */
export function checkovBaseline(json: StackJson): CheckovBaseline {
  const stack = requireStack(json);
  const findings = stack.resources.flatMap((resource) => {
    const accepted = policyRules.filter(({ id }) => suppressionReason(stack, resource, id) !== undefined);
    const check_ids = accepted.flatMap(({ ids }) => ids?.checkov ?? []);
    // Checkov names a resource without its type where the check looks at one resource alone.
    const named = [resource.address, `resource.${resource.name}`];
    return check_ids.length === 0 ? [] : named.map((name) => ({ resource: name, check_ids }));
  });
  return { failed_checks: [{ file: '/cdk.tf.json', findings }] };
}
