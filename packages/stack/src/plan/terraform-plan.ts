import { UserError } from '@ecommerce-dms/errors';
import type { Json, JsonObject } from '../model/stack-json.ts';

export type PlanAction = 'no-op' | 'create' | 'read' | 'update' | 'delete' | 'forget';

/** What a plan does to one resource. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly change: {
    /** A replacement is `delete` and `create`, in the order in which they happen. */
    readonly actions: readonly PlanAction[];
    /** Null for a new resource. */
    readonly before: JsonObject | null;
    /** Null for a deletion. What is known after the apply alone is left out. */
    readonly after: JsonObject | null;
    /** True in place of each value that is known after the apply alone. */
    readonly after_unknown?: JsonObject;
    /** Paths of the attributes that force a replacement. */
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
  /** Why, when it is not for a changed attribute: `replace_because_tainted`. */
  readonly action_reason?: string;
}

export interface PlannedResource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly values?: JsonObject;
}

export interface PlannedModule {
  /** Absent for the root module. */
  readonly address?: string;
  readonly resources?: readonly PlannedResource[];
  readonly child_modules?: readonly PlannedModule[];
}

export interface ConfiguredResource {
  /** Without the module, and without an index. */
  readonly address: string;
  readonly expressions?: JsonObject;
}

export interface ConfiguredModule {
  readonly resources?: readonly ConfiguredResource[];
  readonly module_calls?: { readonly [name: string]: { readonly module?: ConfiguredModule } };
}

/** The parts of `terraform show -json` of a plan that the policy reads. */
export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version?: string;
  /** Whether planning has failed half-way. */
  readonly errored?: boolean;
  readonly planned_values: { readonly root_module: PlannedModule };
  readonly resource_changes?: readonly ResourceChange[];
  readonly configuration: {
    readonly provider_config?: {
      readonly [key: string]: { readonly name: string; readonly expressions?: JsonObject };
    };
    readonly root_module: ConfiguredModule;
  };
}

/**
 * Reads what `terraform show -json FILE` prints of a saved plan. It contains sensitive values: keep it off the disk.
 *
 * @throws UserError `plan-unreadable`: it is anything else, such as a state or the lines of `terraform plan -json`, or
 *   the plan has errors
 */
export function readPlan(json: string): TerraformPlan {
  const plan = parse(json);
  requirePlan(plan);
  return plan;
}

/**
 * Refuses what is no plan, or only a part of one: without changes to judge, every verdict would be a good one.
 *
 * @throws UserError `plan-unreadable`
 */
export function requirePlan(plan: unknown): asserts plan is TerraformPlan {
  if (!isPlan(plan)) throw unreadable('It has no planned values of format 1.');
  if (plan.errored === true) {
    throw new UserError('plan-unreadable', 'The plan has errors, so that it lacks some of the changes.', {
      hint: 'Correct what terraform plan reports, then plan again.',
    });
  }
}

function parse(json: string): Json {
  try {
    return JSON.parse(json) as Json;
  } catch (cause) {
    throw unreadable('It is not one JSON document.', cause);
  }
}

function isPlan(value: unknown): value is TerraformPlan {
  const plan = value as Partial<TerraformPlan> | null;
  return (
    String(plan?.format_version).startsWith('1.') &&
    plan?.planned_values?.root_module !== undefined &&
    plan.configuration?.root_module !== undefined
  );
}

function unreadable(reason: string, cause?: unknown): UserError {
  return new UserError('plan-unreadable', `This is not the JSON of a Terraform plan. ${reason}`, {
    hint: 'Make it with: terraform plan -out=FILE, then terraform show -json FILE.',
    cause,
  });
}
