export { type AppliedPlan, applyPlan } from './apply-plan.ts';
export { type PlanOptions, planStack } from './plan-stack.ts';
export type { ProgressOptions } from './run-with-messages.ts';
export type { TerraformDiagnostic } from './terraform-messages.ts';
export type { TerraformOptions } from './terraform-process.ts';
export { readState } from './read-state.ts';
export { type TerraformVerdict, validateStack } from './validate-stack.ts';
