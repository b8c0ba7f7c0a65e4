import { rm } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { applyPlan, planStack } from '@ecommerce-dms/aws/terraform';
import type { TeardownReport } from '@ecommerce-dms/aws/teardown';
import { timeInName } from '../aws/databases-of-stack.ts';
import { proveTeardown } from '../aws/prove-teardown.ts';
import { type DoomedDatabase, doomedDatabases, releaseDatabases } from '../aws/release-databases.ts';
import { openWorkspace } from '../aws/terraform-workspace.ts';
import { loadPrices } from '../config/price-file.ts';
import { forgetStages, readRunState, recordStage } from '../state/run-state.ts';
import { type StageContext, stateFile, type StageOutcome } from '../stage.ts';

export interface DestroyOptions {
  removeDeletionProtection: boolean;
  /** Take the final snapshots that the stack was applied with. */
  finalSnapshot: boolean;
  /** How long what AWS is still deleting may take. */
  waitSeconds: number;
}

export interface DestroyResult {
  /** Resources that this run has destroyed. */
  destroyed: number;
  /** Identifiers of the final snapshots, those of earlier runs included. */
  finalSnapshots: string[];
  proof: TeardownReport;
}

/**
 * Destroys the environment's stack, then proves what is left of it in the account.
 *
 * @throws UserError `deletion-protected`, `release-refused`, and Terraform's own
 */
export async function destroyEnvironment(
  context: StageContext,
  options: DestroyOptions,
): Promise<StageOutcome<DestroyResult>> {
  const { environment, signal, progress } = context;
  // A faulty file of prices is told before anything is destroyed.
  const prices = await loadPrices(environment.root);
  const workspace = await openWorkspace(context, 'destroy');
  const { directory, planFile, json } = workspace;
  const planDestroy = () => planStack(directory, { ...workspace.options, planFile, destroy: true });
  try {
    const plan = await planDestroy();
    const time = options.finalSnapshot ? timeInName(new Date()) : undefined;
    const databases = doomedDatabases(plan.resource_changes ?? [], time);
    if (!options.removeDeletionProtection) refuseProtected(databases, environment.name);
    const finalSnapshots = await recordFinalSnapshots(context, databases);
    // Whatever becomes of this run: what was planned and applied is not so any more.
    await forgetStages(stateFile(environment), environment.name, ['plan', 'apply']);
    // The destroy plan has read the state of before: a change of the state makes it stale.
    if (await releaseDatabases(workspace, databases)) await planDestroy();
    const { destroyed } = await applyPlan(directory, { ...workspace.options, planFile });
    const proof = await proveTeardown({
      stack: `shop-${environment.name}`,
      json,
      keptSnapshots: finalSnapshots,
      prices,
      waitSeconds: options.waitSeconds,
      signal,
      onProgress: progress,
    });
    return {
      summary: `${destroyed} resources destroyed; ${proof.charged.length} that cost money are left, ${proof.kept.length} kept`,
      result: { destroyed, finalSnapshots, proof },
    };
  } finally {
    await rm(planFile, { force: true });
  }
}

function refuseProtected(databases: readonly DoomedDatabase[], environment: string): void {
  const names = databases.filter(({ isProtected }) => isProtected).map(({ identifier }) => identifier);
  if (names.length === 0) return;
  throw new UserError(
    'deletion-protected',
    `${names.join(', ')} of '${environment}' is protected against deletion. Nothing was destroyed.`,
    {
      hint: `If the data is to go: dms destroy --env ${environment} --remove-deletion-protection`,
    },
  );
}

/**
 * Writes down which final snapshots will be made, with those of earlier runs: one that breaks off after the database
 * was deleted has left its snapshot, which is no remnant.
 */
async function recordFinalSnapshots(
  { environment }: StageContext,
  databases: readonly DoomedDatabase[],
): Promise<string[]> {
  const file = stateFile(environment);
  const { stages } = await readRunState(file, environment.name);
  const before = (stages['final-snapshot']?.result as { snapshots?: string[] } | undefined)?.snapshots ?? [];
  const now = databases.flatMap(({ after }) => after.final_snapshot_identifier ?? []);
  const snapshots = [...new Set([...before, ...now])];
  await recordStage(file, environment.name, 'final-snapshot', {
    finishedAt: new Date().toISOString(),
    durationMs: 0,
    result: { snapshots },
  });
  return snapshots;
}
