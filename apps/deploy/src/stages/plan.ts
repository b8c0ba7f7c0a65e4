import { UserError } from '@ecommerce-dms/errors';
import {
  checkPlanPolicy,
  type DestructiveChange,
  destructiveChanges,
  type Finding,
  type TerraformPlan,
} from '@ecommerce-dms/stack';
import { planStack } from '@ecommerce-dms/aws/terraform';
import { rm } from 'node:fs/promises';
import { digestOfFile, openWorkspace } from '../aws/terraform-workspace.ts';
import type { StageContext, StageOutcome } from '../stage.ts';
import { table } from '../ui/table.ts';

export interface ChangeCounts {
  add: number;
  change: number;
  destroy: number;
}

export interface PlanResult {
  /** A replacement counts as added and destroyed. */
  changes: ChangeCounts;
  /** By type of resource; what stays as it is is left out. */
  types: Record<string, ChangeCounts>;
  /** All of them confirmed. */
  destructive: readonly DestructiveChange[];
  /** What the policy rules say of what the plan leads to. */
  findings: readonly Pick<Finding, 'rule' | 'severity' | 'resource'>[];
  /** Of the stack's files and of the plan: `dms apply` applies this plan of this stack, or nothing. */
  stackDigest: string;
  planDigest: string;
}

/**
 * Plans what an apply would do, and saves the plan.
 *
 * @param options.confirm names of the destructive changes that are meant
 * @throws UserError `plan-destructive` (exit code 3) for destructive changes that nobody confirmed: the plan is gone then
 */
export async function planEnvironment(
  context: StageContext,
  options: { confirm?: readonly string[] } = {},
): Promise<StageOutcome<PlanResult>> {
  const workspace = await openWorkspace(context, 'plan');
  const { planFile, json } = workspace;
  const plan = await planStack(workspace.directory, { ...workspace.options, planFile });
  const destructive = destructiveChanges(plan);
  const open = destructive.filter(({ name }) => options.confirm?.includes(name) !== true);
  if (open.length > 0) {
    await rm(planFile);
    throw unconfirmed(context.environment.name, open);
  }
  const { changes, types } = countChanges(plan);
  const findings = checkPlanPolicy(plan, { synthesized: json }).findings;
  return {
    summary: describeChanges(changes),
    result: {
      changes,
      types,
      destructive,
      findings: findings.map(({ rule, severity, resource }) => ({ rule, severity, resource })),
      stackDigest: workspace.digest,
      planDigest: (await digestOfFile(planFile)) ?? '',
    },
  };
}

function unconfirmed(environment: string, open: readonly DestructiveChange[]): UserError {
  const lines = open.map(({ name, address, action, why, forcedBy, reason }) => {
    const cause = forcedBy.length > 0 ? `forced by ${forcedBy.join(', ')}` : reason;
    return `- ${action} ${name} (${address}${cause === undefined ? '' : `, ${cause}`})\n  ${why}`;
  });
  const flags = [...new Set(open.map(({ name }) => `--confirm ${name}`))].join(' ');
  return new UserError(
    'plan-destructive',
    `The plan of '${environment}' has changes that cannot be taken back:\n${lines.join('\n')}`,
    {
      hint: `No plan was kept. If each of them is meant: dms plan --env ${environment} ${flags}`,
      exitCode: 3,
    },
  );
}

/** Counts the actions of a plan. */
export function countChanges(plan: TerraformPlan): Pick<PlanResult, 'changes' | 'types'> {
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

/** The plan for people. */
export function renderPlan({ changes, types, destructive, findings }: PlanResult): string {
  const rows = Object.entries(types)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([type, { add, change, destroy }]) => [...[add, change, destroy].map(String), type]);
  const blocks = [describeChanges(changes)];
  if (rows.length > 0) {
    blocks.push(table([['add', 'change', 'destroy', 'type'], ...rows], { right: [0, 1, 2], indent: 2 }));
  }
  if (destructive.length > 0) {
    const confirmed = destructive.map(({ action, name, address }) => `  ${action} ${name} (${address})`);
    blocks.push(['Cannot be taken back, and confirmed:', ...confirmed].join('\n'));
  }
  if (findings.length > 0) blocks.push(`${findings.length} findings of the policy: 'dms policy' shows them.`);
  return blocks.join('\n\n');
}
