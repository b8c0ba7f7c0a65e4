import type { Stage } from './stage.ts';
import { alarms } from './stages/alarms.ts';
import { apply } from './stages/apply.ts';
import { backup } from './stages/backup.ts';
import { cost, type CostOptions } from './stages/cost.ts';
import { importCatalog } from './stages/import.ts';
import { migrate } from './stages/migrate.ts';
import { plan } from './stages/plan.ts';
import { policy } from './stages/policy.ts';
import { roles } from './stages/roles.ts';
import { seed, type SeedOptions } from './stages/seed.ts';
import { start } from './stages/start.ts';
import { synth } from './stages/synth.ts';
import { validate } from './stages/validate.ts';

/** Stages that one command goes through, in order. */
export interface Pipeline {
  stages: readonly Stage[];
  /** Stages whose findings are shown, and stop nothing. */
  advisory: readonly Stage[];
  /** What the flags of its command do not say. */
  flags: SeedOptions & CostOptions;
}

/** `dms up`. */
export const up: Pipeline = {
  stages: [start, migrate, importCatalog, seed, validate, alarms, synth, policy, cost],
  advisory: [alarms, policy, cost],
  flags: { keepExisting: true, hours: 3 },
};

/** `dms deploy`. */
export const deploy: Pipeline = {
  stages: [synth, policy, cost, plan, apply, backup, roles, migrate, seed, validate, alarms],
  advisory: [alarms],
  flags: { keepExisting: true, hours: 730 },
};
