import type { PlannedModule, PlannedResource } from '../plan/terraform-plan.ts';
import type { Json, StackJson } from '../model/stack-json.ts';
import { StackModel, type StackResource, text } from '../model/stack-model.ts';

/** The part of what `terraform show -json` prints of a state that is read. */
export interface TerraformState {
  /** Absent when nothing is applied. */
  readonly values?: { readonly root_module: PlannedModule };
}

/** Attributes by which one resource names another. */
const nameAttributes = ['arn', 'id', 'identifier', 'cluster_identifier', 'name'];

/** A stack as Terraform has applied it: with values in place of references, and with everything that AWS filled in. */
export class AppliedStack extends StackModel {
  /** @param synthesized the stack whose state it is, which has the region */
  constructor(state: TerraformState, synthesized: StackJson) {
    const resources = state.values === undefined ? [] : resourcesOf(state.values.root_module);
    super(
      synthesized,
      resources
        .filter(({ mode }) => mode === 'managed')
        .map(({ type, name, address, values = {} }) => ({
          type,
          name,
          address,
          path: undefined,
          config: values,
        })),
    );
  }

  override target(value: Json | undefined, type?: string): StackResource | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    return this.resources.find(
      (resource) =>
        (type === undefined || resource.type === type) &&
        nameAttributes.some((attribute) => resource.config[attribute] === value),
    );
  }

  /** The region of a resource's ARN, `arn:aws:rds:eu-central-1:123456789012:db:shop`, or of its provider. */
  override regionOf(resource: StackResource): string | undefined {
    const fromArn = text(resource.config['arn'])?.split(':')[3] ?? '';
    return fromArn === '' ? super.regionOf(resource) : fromArn;
  }
}

function resourcesOf(module: PlannedModule): readonly PlannedResource[] {
  return [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(resourcesOf)];
}
