import type { Adoption } from '../adopt/adopt.ts';
import type { DryRunMigration } from '../dry-run.ts';
import type { UpOptions } from '../options.ts';

// The class itself imports what works on a shadow.

/** What is used of the migrator on a shadow. */
export interface ShadowMigrator {
  up: (options?: UpOptions) => Promise<{ name: string }[]>;
  dryRun: (
    options?: Pick<UpOptions, 'allowOutOfOrder' | 'checkSum' | 'migrations' | 'runBackfills' | 'schema'>,
  ) => Promise<DryRunMigration[]>;
  getPending: () => Promise<{ name: string }[]>;
  adopt: () => Promise<Adoption>;
  baseline: (last: string) => Promise<string[]>;
}
