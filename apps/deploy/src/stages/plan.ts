import { rm } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { DestructiveChange } from '@ecommerce-dms/stack';
import { Option } from 'commander';
import type { z } from 'zod';
import { countChanges, describeChanges } from '../aws/plan-changes.ts';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { recordedStage } from '../declare-stage.ts';
import { collect } from '../ui/flag-values.ts';
import { table } from '../ui/table.ts';
import { synth } from './synth.ts';

interface PlanOptions {
  /** Names of the destructive changes that are meant. */
  confirm?: readonly string[];
}

async function schema() {
  const { z } = await import('zod');
  const counts = z.object({ add: z.number(), change: z.number(), destroy: z.number() });
  return z.object({
    changes: counts,
    types: z.record(z.string(), counts),
    /** All of them confirmed. */
    destructive: z.array(z.object({ action: z.string(), name: z.string(), address: z.string() })).readonly(),
    /** What the policy rules say of what the plan leads to. */
    findings: z.array(z.object({ rule: z.string(), severity: z.string(), resource: z.string() })),
    /** Of the stack's files and of the plan: `dms apply` applies this plan of this stack, or nothing. */
    stackDigest: z.string(),
    planDigest: z.string(),
  });
}

export type PlanResult = z.infer<Awaited<ReturnType<typeof schema>>>;

const missing = ({ name }: LoadedEnvironment, hint: string): UserError =>
  new UserError('plan-not-found', `There is no plan of '${name}' to apply.`, { hint });

/**
 * Plans what an apply would do, and saves the plan.
 *
 * @throws UserError `plan-destructive` for destructive changes that nobody confirmed: no plan is kept then; and those of
 *   Terraform
 */
export const plan = recordedStage(
  { schema, missing },
  {
    name: 'plan',
    help: 'show what Terraform would change on AWS, and save it for apply',
    details: 'Exit code 3 on destructive changes, unless each of them is confirmed by name.',
    title: 'Planning',
    flags: [
      new Option('--confirm <name>', 'a destructive change that is meant; repeat it for more').argParser<
        string[]
      >(collect),
    ],
    target: 'aws',
    needs: { synth },
    run: async (context, { synth }, { confirm = [] }: PlanOptions) => {
      const { checkPlanPolicy, destructiveChanges } = await import('@ecommerce-dms/stack');
      const { planStack } = await import('@ecommerce-dms/aws/terraform');
      const { digestOfFile, openWorkspace } = await import('../aws/terraform-workspace.ts');
      const { directory, planFile, digest, options } = await openWorkspace(context, synth.directory);
      const planned = await planStack(directory, { ...options, planFile });
      const destructive = destructiveChanges(planned);
      const open = destructive.filter(({ name }) => !confirm.includes(name));
      if (open.length > 0) {
        await rm(planFile);
        throw unconfirmed(context.environment, open);
      }
      const { changes, types } = countChanges(planned);
      const { findings } = checkPlanPolicy(planned, { synthesized: synth.json });
      return {
        summary: describeChanges(changes),
        result: {
          changes,
          types,
          destructive,
          findings: findings.map(({ rule, severity, resource }) => ({ rule, severity, resource })),
          stackDigest: digest,
          planDigest: await digestOfFile(planFile),
        },
      };
    },
    render: ({ result }, environment) =>
      `${renderPlan(result, environment)}\n\nApply exactly this: ${commandFor(environment, 'apply')}`,
  },
);

function unconfirmed(environment: LoadedEnvironment, open: readonly DestructiveChange[]): UserError {
  const lines = open.map(({ name, address, action, why, forcedBy, reason }) => {
    const cause = forcedBy.length > 0 ? `forced by ${forcedBy.join(', ')}` : reason;
    return `- ${action} ${name} (${address}${cause === undefined ? '' : `, ${cause}`})\n  ${why}`;
  });
  const flags = [...new Set(open.map(({ name }) => `--confirm ${name}`))].join(' ');
  return new UserError(
    'plan-destructive',
    `The plan of '${environment.name}' has changes that cannot be taken back:\n${lines.join('\n')}`,
    { hint: `No plan was kept. If each of them is meant: ${commandFor(environment, `plan ${flags}`)}` },
  );
}

/** The plan for people. */
function renderPlan(
  { changes, types, destructive, findings }: PlanResult,
  environment: LoadedEnvironment,
): string {
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
  if (findings.length > 0)
    blocks.push(
      `${findings.length} findings of the policy: '${commandFor(environment, 'policy')}' shows them.`,
    );
  return blocks.join('\n\n');
}
