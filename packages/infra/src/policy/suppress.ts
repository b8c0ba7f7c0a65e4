import { TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { refuseFaults } from '../faults.ts';
import { policyRules, type Suppression, suppressionsKey } from '@ecommerce-dms/stack';

const suppressionsOf = new WeakMap<TerraformStack, Suppression[]>();

/**
 * Accepts what a rule finds in one resource, or in everything below a construct. It is written into the synthesized
 * stack, so that each later stage sees the same verdict.
 *
 * @param scope a resource, a construct, or the stack
 * @param ruleId id of the rule: `rds-multi-az`
 * @param reason why it is right here, for the reader of the report
 * @throws UserError `invalid-settings`: the reason is empty, or the rule does not exist.
 */
export function suppress(scope: IConstruct, ruleId: string, reason: string): void {
  refuseFaults(`The suppression of ${ruleId} at ${scope.node.path}`, [
    reason.trim() === '' && 'it has no reason',
    !policyRules.some((rule) => rule.id === ruleId) && `there is no rule "${ruleId}"`,
  ]);
  const stack = TerraformStack.of(scope);
  const suppressions = suppressionsOf.get(stack) ?? [];
  suppressionsOf.set(stack, suppressions);
  suppressions.push({ rule: ruleId, path: scope.node.path, reason });
  stack.addOverride(`//.${suppressionsKey}`, suppressions);
}
