export type { Direction } from './collect-queries.ts';
export type { DryRunMigration } from './dry-run.ts';
export type { Callback, CallbackEvent, Callbacks } from './files/callback.ts';
export type { SumDifference } from './files/sum-file.ts';
export type { MigrationState, MigrationStatus } from './migration-status.ts';
export { type CreatedMigration, Migrator } from './migrator.ts';
export type { DownOptions, RunOptions, UpOptions } from './options.ts';
