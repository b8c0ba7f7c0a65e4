import type { TerraformResource } from 'cdktf';
import { refuseFaults } from '../faults.ts';
import { policyRules } from './policy-rules.ts';
import { object, type StackResource, text } from '../stack/stack-model.ts';

const key = 'suppressedRules';

/**
 * Accepts what a rule finds in one resource. It is written into the synthesized stack, so that each later stage
 * sees the same verdict.
 *
 * @param ruleId id of the rule: `rds-multi-az`
 * @param reason why it is right here, for the reader of the report
 * @throws UserError `infra-settings` without a reason, or for a rule that does not exist
 */
export function suppress(resource: TerraformResource, ruleId: string, reason: string): void {
  refuseFaults(`The suppression of ${ruleId} at ${resource.node.path}`, [
    reason.trim() === '' && 'it has no reason',
    !policyRules.some((rule) => rule.id === ruleId) && `there is no rule "${ruleId}"`,
  ]);
  resource.addOverride(`//.${key}.${ruleId}`, reason);
}

/** The reason for which a resource is let off a rule; undefined when it is not. */
export function suppressionReason(resource: StackResource, ruleId: string): string | undefined {
  return text(object(object(resource.config['//'])?.[key])?.[ruleId]);
}
