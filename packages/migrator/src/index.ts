export type { Adoption, AdoptOptions } from './adopt/adopt.ts';
export type { BaselineOptions } from './adopt/baseline.ts';
export type { AdoptDecisions, AdoptedMigration } from './adopt/map-history.ts';
export type { Repair, RepairDecisions, RepairNeed } from './adopt/repair.ts';
export type { Direction } from './collect-queries.ts';
export type { DryRunMigration } from './dry-run.ts';
export type { MigrationState, MigrationStatus } from './migration-status.ts';
export { type CreatedMigration, Migrator } from './migrator.ts';
export type { DownOptions, RunOptions, UpOptions } from './options.ts';
