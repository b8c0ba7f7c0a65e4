import type { DatabaseUrls } from '../database-access.ts';
import type { evaluateAlarms } from '../stages/alarms.ts';
import type { costOfStack } from '../stages/cost.ts';
import type { importProducts } from '../stages/import.ts';
import type { migrateDatabase } from '../stages/migrate.ts';
import type { judgeStack } from '../stages/policy.ts';
import type { seedDatabase } from '../stages/seed.ts';
import type { startLocal } from '../stages/start.ts';
import type { synthesizeStack } from '../stages/synth.ts';
import type { validateDatabase } from '../stages/validate.ts';
import { commandFor } from '../command-for.ts';
import { table } from '../ui/table.ts';

/** What the stages of `dms up` have found out. */
export interface UpOutcomes {
  start: Awaited<ReturnType<typeof startLocal>>;
  migrate: Awaited<ReturnType<typeof migrateDatabase>>;
  import: Awaited<ReturnType<typeof importProducts>>;
  seed: Awaited<ReturnType<typeof seedDatabase>>;
  validate: Awaited<ReturnType<typeof validateDatabase>>;
  alarms: Awaited<ReturnType<typeof evaluateAlarms>>;
  synth: Awaited<ReturnType<typeof synthesizeStack>>;
  policy: ReturnType<typeof judgeStack>;
  cost: Awaited<ReturnType<typeof costOfStack>>;
}

/** What `dms up` says at its end. */
export function renderUp(
  outcomes: UpOutcomes,
  {
    environment,
    urls,
    seconds,
    withPasswords,
  }: { environment: { name: string }; urls: DatabaseUrls; seconds: number; withPasswords: boolean },
): string {
  const { start, migrate, import: imported, seed, validate, alarms, synth, policy, cost } = outcomes;
  const facts = table([
    ['server', start.summary],
    ['schema', migrate.summary],
    ['catalog', imported.summary],
    ['data', seed.summary],
    ['checks', validate.summary],
    ['alarms', alarms.summary],
    ['on AWS', synth.summary],
    ['policy', policy.summary],
    ['cost', cost.summary],
  ]);
  const connections = table([
    ['writer', urls.app],
    ['reader', urls.readonly],
    ['migrator', urls.migrator],
  ]);
  const leftOut =
    imported.result.faults.length === 0
      ? ''
      : `\n\nLeft out of the catalog:\n${imported.result.faults.join('\n')}`;
  const hidden = withPasswords
    ? ''
    : `\n'${commandFor(environment, 'urls')}' prints them with their passwords.`;
  return `${facts}${leftOut}\n\n${connections}${hidden}\n\nUp in ${seconds.toFixed(1)} s. '${commandFor(environment, 'status')}' looks at it, '${commandFor(environment, 'down')}' stops it.`;
}
