import type { TerraformPlan } from '@ecommerce-dms/stack';

/** A replacement counts as added and destroyed. */
export interface ChangeCounts {
  add: number;
  change: number;
  destroy: number;
}

/** Counts the actions of a plan: all of them, and by type of resource; what stays as it is is left out. */
export function countChanges(plan: TerraformPlan): {
  changes: ChangeCounts;
  types: Record<string, ChangeCounts>;
} {
  const changes: ChangeCounts = { add: 0, change: 0, destroy: 0 };
  const types: Record<string, ChangeCounts> = {};
  for (const { type, mode, change } of plan.resource_changes ?? []) {
    const { actions } = change;
    const keys = [
      actions.includes('create') && 'add',
      actions.includes('update') && 'change',
      actions.includes('delete') && 'destroy',
    ] as const;
    for (const key of keys) {
      if (key === false || mode !== 'managed') continue;
      types[type] ??= { add: 0, change: 0, destroy: 0 };
      types[type][key] += 1;
      changes[key] += 1;
    }
  }
  return { changes, types };
}

/** `72 to add, 0 to change, 0 to destroy`. */
export function describeChanges({ add, change, destroy }: ChangeCounts): string {
  return `${add} to add, ${change} to change, ${destroy} to destroy`;
}
