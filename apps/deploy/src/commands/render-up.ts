import type { DatabaseUrls } from '../database/database-urls.ts';
import { table } from '../ui/table.ts';
import type { UpOutcomes } from './up.ts';

/** What `dms up` says at its end. */
export function renderUp(
  outcomes: UpOutcomes,
  { urls, seconds, withPasswords }: { urls: DatabaseUrls; seconds: number; withPasswords: boolean },
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
  const hidden = withPasswords ? '' : "\n'dms urls' prints them with their passwords.";
  return `${facts}${leftOut}\n\n${connections}${hidden}\n\nUp in ${seconds.toFixed(1)} s. 'dms status' looks at it, 'dms down' stops it.`;
}
