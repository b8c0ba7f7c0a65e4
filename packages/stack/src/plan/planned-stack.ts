import type { JsonObject, StackJson } from '../model/stack-json.ts';
import { constructPath, StackModel, type StackResource } from '../model/stack-model.ts';
import { plannedConfig, type ReferenceResolver } from './planned-config.ts';
import type { ConfiguredModule, PlannedModule, TerraformPlan } from './terraform-plan.ts';

/**
 * The stack that a plan leads to: what the configuration sets, with the values of variables and the like, and with
 * references kept as references. What AWS fills in counts as not set, as it does in a synthesized stack.
 *
 * @param synthesized the stack that was planned. A plan lacks its backend, suppressions and paths of constructs.
 */
export function plannedStack(plan: TerraformPlan, synthesized: StackJson = {}): StackModel {
  const providers = Object.values(plan.configuration.provider_config ?? {})
    .filter(({ name }) => name === 'aws')
    .map(({ expressions }) => plannedConfig(expressions, undefined, () => undefined));
  const json = { '//': synthesized['//'], terraform: synthesized.terraform, provider: { aws: providers } };
  const resources = resourcesOf(plan.planned_values.root_module, plan.configuration.root_module, synthesized);
  return new StackModel(json, resources);
}

/** @param configured undefined for a module that is in the state alone */
function resourcesOf(
  planned: PlannedModule,
  configured: ConfiguredModule | undefined,
  synthesized: StackJson,
): StackResource[] {
  const managed = (planned.resources ?? []).filter(({ mode }) => mode === 'managed');
  const own = managed.map(({ address, type, name, values }): StackResource => {
    const local = `${type}.${name}`;
    const expressions = configured?.resources?.find((one) => one.address === local)?.expressions;
    const resolve: ReferenceResolver = (reference) => absolute(reference, managed);
    const comment = planned.address === undefined ? synthesized.resource?.[type]?.[name]?.['//'] : undefined;
    const config: JsonObject = { ...plannedConfig(expressions, values, resolve), '//': comment };
    return { type, name, address, path: constructPath(comment), config };
  });
  const children = (planned.child_modules ?? []).flatMap((child) => {
    const call = /module\.([\w-]+)(\[[^\]]*\])?$/.exec(child.address ?? '')?.[1] ?? '';
    return resourcesOf(child, configured?.module_calls?.[call]?.module, synthesized);
  });
  return [...own, ...children];
}

/** `aws_vpc.v.id` as an attribute of a planned resource of the same module; undefined for anything else. */
function absolute(reference: string, resources: PlannedModule['resources'] = []): string | undefined {
  const [local, attribute] = /^(\w+\.[\w-]+)(?:\[[^\]]*\])?\.(.+)$/.exec(reference)?.slice(1) ?? [];
  const target = resources.find(({ type, name }) => `${type}.${name}` === local);
  return target && `${target.address}.${attribute}`;
}
