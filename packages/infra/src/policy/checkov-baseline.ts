import type { StackJson } from '../stack/stack-json.ts';
import { checkPolicy } from './check-policy.ts';

/** Content of a file for Checkov's `--baseline`. */
export interface CheckovBaseline {
  readonly failed_checks: readonly {
    readonly file: string;
    readonly findings: readonly { readonly resource: string; readonly check_ids: readonly string[] }[];
  }[];
}

/**
 * What `suppress` accepted in a synthesized stack, as a baseline for Checkov: it takes no comments from Terraform's
 * JSON syntax (3.3, framework `terraform_json`).
 */
export function checkovBaseline(json: StackJson): CheckovBaseline {
  const findings = checkPolicy(json).suppressed.flatMap(({ resource, ids }) => {
    const check_ids = ids.checkov ?? [];
    // Checkov names a resource without its type where the check looks at one resource alone.
    const named = [resource, resource.replace(/^\w+\./, 'resource.')];
    return check_ids.length === 0 ? [] : named.map((name) => ({ resource: name, check_ids }));
  });
  return { failed_checks: [{ file: '/cdk.tf.json', findings }] };
}
