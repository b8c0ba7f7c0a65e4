import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonObject, TerraformPlan } from '../src/index.ts';
import type { ConfiguredModule, PlannedModule } from '../src/plan/terraform-plan.ts';

/** Folder of a stack in HCL with a state, and of its plan as Terraform made it. */
export const fixtureFolder = fileURLToPath(new URL('plans', import.meta.url));

/** The plan of {@link fixtureFolder}, checked in. `vitest run -u` writes it again where Terraform is there. */
export const fixturePlanFile = `${fixtureFolder}/__snapshots__/plan.json`;

export function fixturePlan(): TerraformPlan {
  return JSON.parse(readFileSync(fixturePlanFile, 'utf8')) as TerraformPlan;
}

/** A plan without what the policy does not read, small enough to check in. */
export function readParts(plan: TerraformPlan): TerraformPlan {
  const { format_version, planned_values, resource_changes = [], configuration } = plan;
  const providers = Object.entries(configuration.provider_config ?? {});
  return {
    format_version,
    planned_values: { root_module: plannedParts(planned_values.root_module) },
    resource_changes: resource_changes.map(({ address, mode, type, change, action_reason }) => ({
      address,
      mode,
      type,
      change: {
        actions: change.actions,
        before: change.before && withoutNulls(change.before),
        after: change.after && withoutNulls(change.after),
        replace_paths: change.replace_paths,
      },
      action_reason,
    })),
    configuration: {
      provider_config: Object.fromEntries(
        providers.map(([key, { name, expressions }]) => [key, { name, expressions }]),
      ),
      root_module: configuredParts(configuration.root_module),
    },
  };
}

function plannedParts(module: PlannedModule): PlannedModule {
  return {
    address: module.address,
    resources: module.resources?.map(({ address, mode, type, name, values }) => ({
      address,
      mode,
      type,
      name,
      values: values && withoutNulls(values),
    })),
    child_modules: module.child_modules?.map(plannedParts),
  };
}

function configuredParts(module: ConfiguredModule = {}): ConfiguredModule {
  const calls = Object.entries(module.module_calls ?? {});
  return {
    resources: module.resources?.map(({ address, expressions }) => ({ address, expressions })),
    module_calls: Object.fromEntries(
      calls.map(([name, call]) => [name, { module: configuredParts(call.module) }]),
    ),
  };
}

function withoutNulls(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
