import { rm } from 'node:fs/promises';
import { UserError } from '@ecommerce-dms/errors';
import { applyPlan, planStack } from '@ecommerce-dms/aws/terraform';
import type { TeardownReport } from '@ecommerce-dms/aws/teardown';
import { z } from 'zod';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { loadPrices } from '../config/price-file.ts';
import type { StageContext } from '../stage.ts';
import { forgetStages, readRecord, recordStage } from '../state/run-state.ts';
import { timeInName } from './databases-of-stack.ts';
import { proveTeardown } from './prove-teardown.ts';
import { type DoomedDatabase, doomedDatabases, releaseDatabases } from './release-databases.ts';
import type { WrittenStack } from './synthesize-into.ts';
import { openWorkspace } from './terraform-workspace.ts';

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

const finalSnapshotRecord = z.object({ snapshots: z.array(z.string()) });

/**
 * Destroys the environment's stack, then proves what is left of it in the account.
 *
 * @param stack as the settings are now
 * @throws UserError `deletion-protected`, `release-refused`, and Terraform's own
 */
export async function destroyEnvironment(
  context: StageContext,
  stack: WrittenStack,
  options: DestroyOptions,
): Promise<{ summary: string; result: DestroyResult }> {
  const { environment, signal, progress } = context;
  // A faulty file of prices is reported before anything is destroyed.
  const prices = await loadPrices(environment.root);
  const workspace = await openWorkspace(context, stack.directory);
  const { directory, planFile } = workspace;
  const planDestroy = () => planStack(directory, { ...workspace.options, planFile, destroy: true });
  try {
    const plan = await planDestroy();
    const time = options.finalSnapshot ? timeInName(new Date()) : undefined;
    const databases = doomedDatabases(plan.resource_changes ?? [], time);
    if (!options.removeDeletionProtection) refuseProtected(databases, environment);
    const finalSnapshots = await recordFinalSnapshots(context, databases);
    // Whatever becomes of this run: what was planned and applied is not so any more.
    await forgetStages(environment, ['plan', 'apply']);
    // The destroy plan has read the state of before: a change of the state makes it stale.
    if (await releaseDatabases(workspace, databases, environment)) await planDestroy();
    const { destroyed } = await applyPlan(directory, { ...workspace.options, planFile });
    const proof = await proveTeardown({
      stack: `shop-${environment.name}`,
      json: stack.json,
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

function refuseProtected(databases: readonly DoomedDatabase[], environment: LoadedEnvironment): void {
  const names = databases.filter(({ isProtected }) => isProtected).map(({ identifier }) => identifier);
  if (names.length === 0) return;
  throw new UserError(
    'deletion-protected',
    `${names.join(', ')} of '${environment.name}' is protected against deletion. Nothing was destroyed.`,
    { hint: `If the data is to go: ${commandFor(environment, 'destroy --remove-deletion-protection')}` },
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
  const before = (await readRecord(environment, 'final-snapshot', finalSnapshotRecord))?.snapshots ?? [];
  const now = databases.flatMap(({ after }) => after.final_snapshot_identifier ?? []);
  const snapshots = [...new Set([...before, ...now])];
  await recordStage(environment, 'final-snapshot', {
    finishedAt: new Date().toISOString(),
    durationMs: 0,
    result: { snapshots },
  });
  return snapshots;
}
