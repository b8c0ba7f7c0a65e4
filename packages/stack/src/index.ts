export { AppliedStack, type TerraformState } from './cost/applied-stack.ts';
export { compareCosts, type CostChange, type CostComparison } from './cost/compare-costs.ts';
export type { CostGroup } from './cost/cost-item.ts';
export {
  type Amounts,
  type CostOptions,
  type CostReport,
  type CostRow,
  type Currency,
  estimateCost,
  hoursPerMonth,
  type Unpriced,
} from './cost/estimate-cost.ts';
export { type PriceList, priceList, priceOf } from './cost/price-list.ts';
export type { Price, PriceQuality, RegionPrices } from './cost/prices/price.ts';
export { unitOf } from './cost/prices/units.ts';
export { renderComparison } from './cost/render-comparison.ts';
export { renderCost } from './cost/render-cost.ts';
export type { Range } from './cost/range.ts';
export { type UsageAssumptions, usageAssumptions } from './cost/usage-assumptions.ts';
export type { Json, JsonObject, StackJson } from './model/stack-json.ts';
export { blocks, list, number, object, StackModel, type StackResource, text } from './model/stack-model.ts';
export { checkPlanPolicy } from './plan/check-plan-policy.ts';
export { type DestructiveChange, destructiveChanges } from './plan/destructive-changes.ts';
export { readPlan, type ResourceChange, type TerraformPlan } from './plan/terraform-plan.ts';
export { checkPolicy, type Finding, type PolicyReport } from './policy/check-policy.ts';
export { type CheckovBaseline, checkovBaseline } from './policy/checkov-baseline.ts';
export {
  type ExternalIds,
  type PolicyRule,
  type PolicySubject,
  severities,
  type Severity,
} from './policy/policy-rule.ts';
export { policyRules } from './policy/policy-rules.ts';
export { type Suppression, suppressionsKey } from './policy/suppressions.ts';
