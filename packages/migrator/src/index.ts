export type { Direction } from './collect-queries.ts';
export type { MigrationState, MigrationStatus } from './migration-status.ts';
export { type CreatedMigration, type DryRunMigration, Migrator } from './migrator.ts';
export type { DownOptions, RunOptions, UpOptions } from './options.ts';
