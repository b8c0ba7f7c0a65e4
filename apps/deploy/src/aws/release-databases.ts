import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { ResourceChange } from '@ecommerce-dms/stack';
import { applyPlan, planStack } from '@ecommerce-dms/aws/terraform';
import { commandFor } from '../command-for.ts';
import type { TerraformWorkspace } from './terraform-workspace.ts';

/** A database that a destroy plan deletes. */
export interface DoomedDatabase {
  address: string;
  type: string;
  identifier: string;
  isProtected: boolean;
  /** What Terraform goes by when it deletes it: it reads the state, not the settings. */
  before: Ending;
  /** The ending that is wanted. */
  after: Ending;
}

interface Ending {
  deletion_protection: boolean;
  skip_final_snapshot: boolean;
  final_snapshot_identifier: string | undefined;
  delete_automated_backups: boolean;
}

/**
 * The databases of a destroy plan, and how each of them shall end: without its automated backups, and with a final
 * snapshot, of a name that is not taken, where the stack was applied with one.
 *
 * @param finalSnapshotTime part of the snapshots' names; undefined for no snapshot at all
 */
export function doomedDatabases(
  changes: readonly ResourceChange[],
  finalSnapshotTime: string | undefined,
): DoomedDatabase[] {
  return changes
    .filter(({ type, change }) => isDatabase(type) && change.actions.includes('delete'))
    .map(({ address, type, change }) => {
      const before = change.before ?? {};
      const identifier = String(before['identifier'] ?? before['cluster_identifier']);
      // RDS takes none of a replica, and Terraform knows that.
      const hasSnapshot = finalSnapshotTime !== undefined && before['skip_final_snapshot'] !== true;
      return {
        address,
        type,
        identifier,
        isProtected: before['deletion_protection'] === true,
        before: {
          deletion_protection: before['deletion_protection'] === true,
          skip_final_snapshot: before['skip_final_snapshot'] === true,
          final_snapshot_identifier: (before['final_snapshot_identifier'] as string | null) ?? undefined,
          delete_automated_backups: before['delete_automated_backups'] === true,
        },
        after: {
          deletion_protection: false,
          skip_final_snapshot: !hasSnapshot,
          final_snapshot_identifier: hasSnapshot ? `${identifier}-final-${finalSnapshotTime}` : undefined,
          delete_automated_backups: true,
        },
      };
    });
}

/**
 * Makes the databases end as they shall, by an apply that touches nothing else of them.
 *
 * @returns false when they would have ended so anyway, and nothing was done
 * @throws UserError `release-refused` when the apply would delete or make something
 */
export async function releaseDatabases(
  { directory, planFile, options }: TerraformWorkspace,
  databases: readonly DoomedDatabase[],
  environment: { name: string },
): Promise<boolean> {
  const toChange = databases.filter((database) => !endsAsWanted(database));
  if (toChange.length === 0) return false;
  const override = join(directory, 'destroy_override.tf.json');
  try {
    await writeFile(override, JSON.stringify(overrideOf(toChange)), { mode: 0o600 });
    const targets = toChange.map(({ address }) => address);
    const plan = await planStack(directory, { ...options, planFile, targets });
    const others = (plan.resource_changes ?? []).filter(({ change }) =>
      change.actions.some((action) => action === 'create' || action === 'delete'),
    );
    if (others.length > 0) {
      throw new UserError(
        'release-refused',
        `Removing the protection would make or delete ${others.map(({ address }) => address).join(', ')}.`,
        {
          hint: `The settings differ from what is applied: '${commandFor(environment, 'plan')}' and '${commandFor(environment, 'apply')}' first, then destroy.`,
        },
      );
    }
    await applyPlan(directory, { ...options, planFile });
    return true;
  } finally {
    await rm(override, { force: true });
  }
}

function isDatabase(type: string): boolean {
  return type === 'aws_db_instance' || type === 'aws_rds_cluster';
}

function endsAsWanted({ before, after }: DoomedDatabase): boolean {
  return (Object.keys(after) as (keyof Ending)[]).every(
    (key) => before[key] === after[key] || (key === 'final_snapshot_identifier' && after.skip_final_snapshot),
  );
}

function overrideOf(databases: readonly DoomedDatabase[]): object {
  const resource: Record<string, Record<string, Ending>> = {};
  for (const { type, address, after } of databases) {
    (resource[type] ??= {})[address.slice(type.length + 1)] = after;
  }
  return { resource };
}
