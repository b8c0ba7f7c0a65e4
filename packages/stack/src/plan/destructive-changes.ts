import type { JsonObject } from '../model/stack-json.ts';
import { blocks, object, text } from '../model/stack-model.ts';
import { guardedTypes } from './guarded-resources.ts';
import { requirePlan, type ResourceChange, type TerraformPlan } from './terraform-plan.ts';

/** A change of a plan that must be confirmed by name. */
export interface DestructiveChange {
  readonly address: string;
  /** `update` for a change in place that would break the database. */
  readonly action: 'delete' | 'replace' | 'update';
  /** What is typed to confirm it: `shop-production`, or the address of a resource that has no name. */
  readonly name: string;
  /** Attributes that force it: `availability_zone`, `ingress[0].from_port`. */
  readonly forcedBy: readonly string[];
  /** Terraform's own reason when no attribute forces it: `delete_because_no_resource_config`. */
  readonly reason: string | undefined;
  /** What is lost, or what goes wrong. */
  readonly why: string;
}

const passwordAttributes = ['password', 'password_wo_version', 'manage_master_user_password'];

/**
 * Changes of a plan that delete or replace a database, a key, a network, or backups, and a change of the
 * administrator's password under blue/green, which RDS refuses half-way.
 *
 * @returns in the order of the plan; empty when nothing needs to be confirmed
 * @throws UserError `plan-unreadable`: it is no plan, or a plan with errors
 * @example
 * ```ts
 * const plan = readPlan(planJson); // planJson: of `terraform show -json FILE`
 * for (const { action, name, forcedBy } of destructiveChanges(plan)) console.log(action, name, forcedBy);
 * ```
 */
export function destructiveChanges(plan: TerraformPlan): DestructiveChange[] {
  requirePlan(plan);
  return (plan.resource_changes ?? []).flatMap((change) => deletion(change) ?? passwordChange(change) ?? []);
}

function deletion(changed: ResourceChange): DestructiveChange | undefined {
  const { type, change } = changed;
  const guarded = guardedTypes[type];
  const { before } = change;
  if (guarded === undefined || before === null || !change.actions.includes('delete')) return undefined;
  return {
    ...common(changed, before),
    action: change.actions.includes('create') ? 'replace' : 'delete',
    why: guarded.loss(before),
  };
}

function passwordChange(changed: ResourceChange): DestructiveChange | undefined {
  const { before, after } = changed.change;
  if (changed.type !== 'aws_db_instance' || before === null || after === null) return undefined;
  const isBlueGreen = blocks(after['blue_green_update']).some((block) => block['enabled'] === true);
  const changedAttributes = passwordAttributes.filter(
    (name) => (before[name] ?? null) !== (after[name] ?? null),
  );
  if (!isBlueGreen || changedAttributes.length === 0) return undefined;
  return {
    ...common(changed, before),
    action: 'update',
    forcedBy: changedAttributes,
    why:
      'The blue/green deployment follows the database by physical replication and takes no password of its own: ' +
      'RDS refuses the change with the green database left behind (terraform-provider-aws #46544). ' +
      'Turn blue_green_update off for this one change.',
  };
}

function common(changed: ResourceChange, before: JsonObject) {
  const { address, type, change, action_reason: reason } = changed;
  const attribute = guardedTypes[type]?.nameAttribute;
  const name = attribute === undefined ? text(object(before['tags'])?.['Name']) : text(before[attribute]);
  return {
    address,
    name: name ?? text(before['id']) ?? address,
    forcedBy: (change.replace_paths ?? []).map(pathText),
    reason,
  };
}

function pathText(path: readonly (string | number)[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return steps.join('').replace(/^\./, '');
}
