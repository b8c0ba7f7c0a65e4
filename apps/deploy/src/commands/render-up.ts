import { redactUrl } from '@ecommerce-dms/errors';
import type { DatabaseUrls } from '../database/database-urls.ts';
import { table } from '../ui/table.ts';
import type { UpOutcomes } from './up.ts';

/** What `dms up` says at its end. */
export function renderUp(outcomes: UpOutcomes, urls: DatabaseUrls, seconds: number): string {
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
  // A pipeline keeps what it prints; there, `--json` is the way to the passwords.
  const shown = process.env.CI === undefined ? (url: string) => url : redactUrl;
  const connections = table([
    ['writer', shown(urls.app)],
    ['reader', shown(urls.readonly)],
    ['migrator', shown(urls.migrator)],
  ]);
  const leftOut =
    imported.result.faults.length === 0
      ? ''
      : `\n\nLeft out of the catalog:\n${imported.result.faults.join('\n')}`;
  return `${facts}${leftOut}\n\n${connections}\n\nUp in ${seconds.toFixed(1)} s. 'dms status' looks at it, 'dms down' stops it.`;
}
