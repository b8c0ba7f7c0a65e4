import type { StackJson } from '../model/stack-json.ts';
import { judge, type PolicyReport } from '../policy/check-policy.ts';
import type { PolicyRule } from '../policy/policy-rule.ts';
import { policyRules } from '../policy/policy-rules.ts';
import { plannedStack } from './planned-stack.ts';
import { requirePlan, type TerraformPlan } from './terraform-plan.ts';

/**
 * Checks the stack that a plan leads to against the rules: with the values of variables, and whatever wrote the
 * configuration.
 *
 * @param options.synthesized the stack that was planned: for its suppressions and its backend
 * @param options.rules default: all of `policyRules`
 * @throws UserError `plan-unreadable`: it is no plan, or a plan with errors
 * @example
 * ```ts
 * const { findings } = checkPlanPolicy(readPlan(planJson)); // planJson: of `terraform show -json FILE`
 * for (const { rule, resource, fix } of findings) console.log(`${rule}: ${resource}: ${fix}`);
 * ```
 */
export function checkPlanPolicy(
  plan: TerraformPlan,
  options: { synthesized?: StackJson; rules?: readonly PolicyRule[] } = {},
): PolicyReport {
  requirePlan(plan);
  return judge(plannedStack(plan, options.synthesized), options.rules ?? policyRules);
}
