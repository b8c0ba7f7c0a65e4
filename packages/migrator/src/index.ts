export type { Direction } from './collect-queries.ts';
export type { DryRunMigration } from './dry-run.ts';
export type { Blocker } from './locks/blockers.ts';
export type { LockWait } from './locks/lock-wait.ts';
export type { MigrationState, MigrationStatus } from './migration-status.ts';
export { type CreatedMigration, Migrator } from './migrator.ts';
export type { DownOptions, RunOptions, UpOptions } from './options.ts';
